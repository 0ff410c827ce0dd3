create table public.cache_entries (
    cache_key text not null,
    workspace_id uuid not null,

    cache_value jsonb not null,
    cache_type text not null,
    scopes text[] not null default '{}',  -- what it ends with: "*", "kind:embedding", "asset:<id>", ...
    ttl_seconds integer not null default 3600,

    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    last_accessed timestamptz not null default now(),
    access_count bigint not null default 0,

    constraint cache_entries_pkey primary key (cache_key),
    constraint cache_entries_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint cache_entries_cache_type_is_snake_case check (cache_type ~ '^[a-z][a-z0-9_]*$'),
    constraint cache_entries_ttl_seconds_is_positive check (ttl_seconds > 0),
    constraint cache_entries_access_count_is_not_negative check (access_count >= 0)
);
create index idx_cache_entries_workspace_id on public.cache_entries (workspace_id, cache_type);
create index idx_cache_entries_scopes on public.cache_entries using gin (scopes);
create index idx_cache_entries_expires_at on public.cache_entries (expires_at);
comment on table public.cache_entries is
'The slowest, surest tier of the cache: what was expensive to compute, until it expires. For the service only.';
