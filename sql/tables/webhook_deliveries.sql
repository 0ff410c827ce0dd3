create table public.webhook_deliveries (
    id uuid not null default gen_random_uuid(),  -- sent as webhook-id, the same at every try
    workspace_id uuid not null,
    endpoint_id uuid not null,
    event_type text not null,
    payload jsonb not null,

    state text not null default 'waiting',
    attempt integer not null default 0,  -- with the id: the fence; only grows
    failures integer not null default 0,  -- towards dead
    run_at timestamptz not null default now(),  -- waiting: not before; leased: the lease ends
    leased_by text,

    last_status integer,  -- of HTTP; null when nothing answered
    last_error text,
    last_response text,  -- its first thousand characters
    duration_ms integer,
    delivered_at timestamptz,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint webhook_deliveries_pkey primary key (id),
    constraint webhook_deliveries_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint webhook_deliveries_endpoint_id_fkey
    foreign key (workspace_id, endpoint_id) references public.webhook_endpoints (workspace_id, id)
    on delete cascade,
    constraint webhook_deliveries_event_type_is_known
    check (event_type in ('content.labeled', 'content.review', 'rule.matched', 'webhook.test')),
    constraint webhook_deliveries_state_is_known check (state in ('waiting', 'leased', 'delivered', 'dead')),
    constraint webhook_deliveries_attempt_is_not_negative check (attempt >= 0),
    constraint webhook_deliveries_failures_is_not_negative check (failures >= 0),
    constraint webhook_deliveries_leased_has_a_worker check ((state = 'leased') = (leased_by is not null))
);
create index idx_webhook_deliveries_endpoint_id
on public.webhook_deliveries (workspace_id, endpoint_id, created_at desc);
create index idx_webhook_deliveries_claimable
on public.webhook_deliveries (endpoint_id, run_at)
where state in ('waiting', 'leased');
create index idx_webhook_deliveries_finished
on public.webhook_deliveries (updated_at)
where state in ('delivered', 'dead');
create index idx_webhook_deliveries_dead on public.webhook_deliveries (updated_at) where state = 'dead';
comment on table public.webhook_deliveries is
'What is to be told, to whom, and how that went: a row a message, written with what it tells of.

waiting -> leased (claim_deliveries) -> delivered, back to waiting (it failed), or dead (replay_deliveries).
Finished ones are kept for 30 days.';
