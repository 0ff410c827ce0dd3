create table public.content_asset_tags (
    workspace_id uuid not null,
    content_asset_id uuid not null,
    tag_id uuid not null,

    source text not null,
    score real,  -- 0..1; null for a person's
    reason text,
    state text not null default 'applied',

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint content_asset_tags_pkey primary key (content_asset_id, tag_id),
    constraint content_asset_tags_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint content_asset_tags_content_asset_id_fkey
    foreign key (workspace_id, content_asset_id) references public.content_assets (workspace_id, id)
    on delete cascade,
    constraint content_asset_tags_tag_id_fkey
    foreign key (workspace_id, tag_id) references public.tags (workspace_id, id) on delete cascade,
    constraint content_asset_tags_source_is_known
    check (source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_asset_tags_score_is_unit check (score between 0 and 1),
    constraint content_asset_tags_state_is_known check (state in ('applied', 'rejected')),
    constraint content_asset_tags_only_people_reject check (state = 'applied' or source = 'human')
);
create index idx_content_asset_tags_content_asset_id on public.content_asset_tags (workspace_id, content_asset_id);
create index idx_content_asset_tags_tag_id on public.content_asset_tags (workspace_id, tag_id);
comment on table public.content_asset_tags is
'Which tags an asset carries, who put them there and why; and which a person refused.

A refused tag is never applied again by a machine.';
