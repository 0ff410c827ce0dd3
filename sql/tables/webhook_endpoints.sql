create table public.webhook_endpoints (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    name text not null,  -- what the action `webhook` of a rule says; never changes
    url text not null,
    events text[] not null default '{}',  -- of content.labeled, content.review; rules need none
    enabled boolean not null default true,

    disabled_reason text,  -- when it was not a person who disabled it
    failures integer not null default 0,  -- in a row
    failing_since timestamptz,
    paused_until timestamptz,  -- nothing is sent before

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint webhook_endpoints_workspace_id_id_is_unique unique (workspace_id, id),
    constraint webhook_endpoints_name_is_unique unique (workspace_id, name),
    constraint webhook_endpoints_name_is_not_blank check (btrim(name) <> ''),
    constraint webhook_endpoints_name_fits check (char_length(name) <= 100),
    constraint webhook_endpoints_url_fits check (char_length(url) <= 2000),
    constraint webhook_endpoints_failures_is_not_negative check (failures >= 0)
);
comment on table public.webhook_endpoints is
'Where a workspace wants to be told: a public https address, and what about.

Each delivery is signed (Standard Webhooks 1.0.0); rotate_webhook_secret gives the secret, once.';
comment on column public.webhook_endpoints.failures is
'Deliveries that failed since the last one that did not; after ten in a row the endpoint pauses.';
