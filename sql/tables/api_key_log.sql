create table public.api_key_log (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    key_id uuid not null,
    event text not null,
    actor_id uuid,  -- who created or revoked it; null: the service

    method text,
    route text,  -- the template: no ids, no query
    status integer,
    request_id text,
    address text,

    created_at timestamptz not null default now(),

    constraint api_key_log_pkey primary key (id),
    constraint api_key_log_key_id_fkey
    foreign key (workspace_id, key_id) references public.api_keys (workspace_id, id) on delete cascade,
    constraint api_key_log_event_is_known check (event in ('created', 'revoked', 'request')),
    constraint api_key_log_request_has_a_status check ((event = 'request') = (status is not null))
);
create index idx_api_key_log_key_id on public.api_key_log (workspace_id, key_id, created_at desc);
create index idx_api_key_log_newest on public.api_key_log (workspace_id, created_at desc, id desc);
create index idx_api_key_log_requests on public.api_key_log (created_at) where event = 'request';
comment on table public.api_key_log is
'What was done with API keys, and to them: who created and revoked them, and every request, never its contents.

Requests are kept for 90 days.';
