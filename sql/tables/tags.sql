create table public.tags (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    -- without case, spaces, '-', '_' and plural: what makes two tags the same
    folded_name text not null generated always as (private.fold_tag(name)) stored,
    tag_type text,
    tag_group text,  -- name of a group of which content has only so many

    description text,
    keywords text[] not null default '{}',
    examples text[] not null default '{}',
    counter_examples text[] not null default '{}',
    aliases text[] not null default '{}',
    distinct_from uuid[] not null default '{}',  -- ids of tags that a person said are not this one
    manual_only boolean not null default false,  -- true: never offered to a machine

    usage_count integer not null default 0,
    related_tags text[] not null default '{}',

    embedding extensions.vector(1536),  -- unit length; null until embedded
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint tags_pkey primary key (id),
    constraint tags_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint tags_tag_group_fkey
    foreign key (workspace_id, tag_group) references public.tag_groups (workspace_id, name)
    on update cascade,
    constraint tags_name_is_unique unique (workspace_id, name),
    constraint tags_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tags_name_and_type_are_unique unique (workspace_id, name, tag_type),
    constraint tags_folded_name_is_not_blank check (folded_name <> ''),
    constraint tags_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint tags_name_fits check (char_length(name) <= 100),
    constraint tags_tag_type_is_snake_case check (tag_type ~ '^[a-z][a-z0-9_]*$'),
    constraint tags_usage_count_is_not_negative check (usage_count >= 0),
    constraint tags_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
create index idx_tags_tag_type on public.tags (workspace_id, tag_type);
create index idx_tags_tag_group on public.tags (workspace_id, tag_group);
-- Partial, although no row is left out: a column of a whole unique index is a key, and as folded_name is generated,
-- every count of a tag would then take the lock of a rename and wait for all who point at the tag.
create unique index tags_folded_name_is_unique on public.tags (workspace_id, folded_name)
where folded_name <> '';
comment on table public.tags is
'Words that describe content: industry, audience, emotion, format and whatever else a team keeps.

Two tags of a workspace never fold to the same word. A tag of type audience is also a target audience.';
comment on column public.tags.folded_name is
'The name without case, spaces, hyphens, underscores and plural; what makes two tags the same.';
comment on column public.tags.tag_group is 'Name of the group it belongs to; see tag_groups.';
comment on column public.tags.aliases is 'Other spellings that mean this tag.';
comment on column public.tags.distinct_from is
'Ids of tags that a person said are not this one, so that no merge of the two is suggested again.';
comment on column public.tags.manual_only is 'True: only a person or a rule uses this tag.';
comment on column public.tags.usage_count is 'Content assets this tag is applied to now; kept by triggers.';
comment on column public.tags.related_tags is 'Names of tags often used together with this one.';
