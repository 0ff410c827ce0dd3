create table public.categories (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    parent_id uuid,

    description text,
    keywords text[] not null default '{}',
    examples text[] not null default '{}',
    counter_examples text[] not null default '{}',
    aliases text[] not null default '{}',
    distinct_from uuid[] not null default '{}',  -- ids of categories that a person said are not this one
    manual_only boolean not null default false,  -- true: never offered to a machine

    usage_count integer not null default 0,

    embedding extensions.vector(1536),  -- unit length; null until embedded
    embedding_model text,
    content_hash text,  -- of the text that the vector was made from

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint categories_pkey primary key (id),
    constraint categories_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint categories_name_is_unique unique (workspace_id, name),
    constraint categories_workspace_id_id_is_unique unique (workspace_id, id),
    constraint categories_parent_id_fkey
    foreign key (workspace_id, parent_id) references public.categories (workspace_id, id),
    constraint categories_parent_is_another check (parent_id <> id),
    constraint categories_name_is_not_blank check (btrim(name) <> ''),
    constraint categories_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint categories_name_fits check (char_length(name) <= 100),
    constraint categories_usage_count_is_not_negative check (usage_count >= 0),
    constraint categories_embedding_has_a_model check (embedding is null or embedding_model is not null)
);
-- no two that differ in case alone
create unique index categories_folded_name_is_unique on public.categories (workspace_id, lower(name));
create index idx_categories_parent_id on public.categories (workspace_id, parent_id);
comment on table public.categories is
'The closed vocabulary that content and campaigns are filed under, in at most two levels.

A label in use cannot be deleted; renaming one renames it everywhere.';
comment on column public.categories.keywords is 'Words and phrases that speak for this category.';
comment on column public.categories.aliases is
'Other names that mean this category, such as those of categories merged into it.';
comment on column public.categories.distinct_from is
'Ids of categories that a person said are not this one, so that no merge of the two is suggested again.';
comment on column public.categories.manual_only is 'True: only a person or a rule files content here.';
comment on column public.categories.usage_count is 'Content assets filed here now; kept by triggers.';
