create table public.tag_groups (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,
    min_tags integer not null default 0,
    max_tags integer,  -- null: as many as you like

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint tag_groups_pkey primary key (id),
    constraint tag_groups_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint tag_groups_name_is_unique unique (workspace_id, name),
    constraint tag_groups_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tag_groups_name_is_not_blank check (btrim(name) <> ''),
    constraint tag_groups_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint tag_groups_name_fits check (char_length(name) <= 100),
    constraint tag_groups_min_tags_is_possible check (min_tags between 0 and 8),
    constraint tag_groups_max_tags_is_possible check (max_tags between 1 and 100),
    constraint tag_groups_min_tags_is_not_over_max check (min_tags <= max_tags)
);
comment on table public.tag_groups is
'Tags of which content has so many: funnel stage, exactly one of awareness, decision and loyalty. tags.tag_group says
which tags.

A machine''s answer is cut to max_tags and filled to min_tags. A person''s tag drives out a machine''s of a full group;
one more than max_tags of her own is refused. What is amiss all the same is in tag_group_gaps.';
comment on column public.tag_groups.min_tags is 'Content has at least so many, as soon as a machine has read it.';
