create table private.webhook_secrets (
    id bigint not null generated always as identity,
    workspace_id uuid not null,
    endpoint_id uuid not null,
    secret text not null,  -- whsec_ and 48 bytes in base64
    expires_at timestamptz,  -- null: the current one

    created_at timestamptz not null default now(),

    constraint webhook_secrets_pkey primary key (id),
    constraint webhook_secrets_endpoint_id_fkey
    foreign key (workspace_id, endpoint_id) references public.webhook_endpoints (workspace_id, id)
    on delete cascade
);
create index idx_webhook_secrets_endpoint_id on private.webhook_secrets (workspace_id, endpoint_id);
create unique index idx_webhook_secrets_current on private.webhook_secrets (endpoint_id) where expires_at is null;
comment on table private.webhook_secrets is
'What deliveries are signed with: one current secret an endpoint, and rotated ones until they expire.';
