create table public.workspaces (
    id uuid not null default gen_random_uuid(),
    name text not null,

    embedding_model text,  -- null until the first vector is written, then fixed
    timezone text not null default 'UTC',  -- IANA name; posting times are read in it
    promote_after integer,  -- uses after which a proposed tag becomes one by itself; null: only by hand
    daily_budget numeric(12, 6) default 1,  -- US dollars a UTC day for models that cost money; null: none

    vocabulary_version integer not null default 1,  -- grows with every edit of a category or tag
    related_version integer,  -- of the vocabulary when tags.related_tags was made; null: never
    related_uses bigint,  -- the sum of tags.usage_count then

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint workspaces_pkey primary key (id),
    constraint workspaces_name_is_not_blank check (btrim(name) <> ''),
    constraint workspaces_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint workspaces_timezone_is_not_blank check (btrim(timezone) <> ''),
    constraint workspaces_promote_after_is_possible check (promote_after between 1 and 100000),
    -- an upper end, because NaN is greater than every number
    constraint workspaces_daily_budget_is_possible check (daily_budget between 0 and 100000)
);
comment on table public.workspaces is
'A team and everything it owns.

Every other row belongs to exactly one workspace; members see only theirs.';
comment on column public.workspaces.embedding_model is
'The model of every vector in this workspace. Null until the first vector is written, then fixed.';
comment on column public.workspaces.promote_after is
'In how much content a machine must have met an unknown word before it becomes a tag by itself; null: a person decides.';
comment on column public.workspaces.daily_budget is
'What models may cost this workspace in one day of UTC, in US dollars; 1 at first. Null and 0: nothing.';
comment on column public.workspaces.vocabulary_version is
'Grows with every edit of a category or tag; kept with each decision so that older ones can be found again.';
