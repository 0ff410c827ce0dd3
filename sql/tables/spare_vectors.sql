create table private.spare_vectors (
    workspace_id uuid not null,
    kind text not null,  -- as jobs have it
    target_id uuid not null,
    embedding_model text not null,

    content_hash text not null,  -- of the text it was made from
    embedding extensions.vector(1536),  -- unit length; null when there is nothing to embed

    constraint spare_vectors_pkey primary key (target_id, embedding_model),
    constraint spare_vectors_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint spare_vectors_kind_is_known
    check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag'))
);
create index idx_spare_vectors_workspace_id on private.spare_vectors (workspace_id, embedding_model);
comment on table private.spare_vectors is
'Vectors beside those in use: the next ones while a backfill makes them, the last ones after it switched.';
