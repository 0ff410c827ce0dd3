create table public.api_keys (
    id uuid not null default gen_random_uuid(),  -- and of the auth server's user its requests run as
    workspace_id uuid not null,
    name text not null,
    prefix text not null,  -- what follows cb_: tells keys apart, is no secret
    role text not null,
    scopes text[] not null,

    created_by uuid,  -- null: the service
    revoked_by uuid,
    created_at timestamptz not null default now(),
    expires_at timestamptz,  -- null: never
    revoked_at timestamptz,
    last_used_at timestamptz,  -- seconds late

    constraint api_keys_pkey primary key (id),
    constraint api_keys_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint api_keys_workspace_id_id_is_unique unique (workspace_id, id),
    constraint api_keys_prefix_is_unique unique (prefix),
    constraint api_keys_name_is_not_blank check (btrim(name) <> ''),
    constraint api_keys_name_fits check (char_length(name) <= 100),
    constraint api_keys_name_is_one_line check (name ~ '^[^\x01-\x1f\x7f]*$'),
    constraint api_keys_role_is_known check (role in ('editor', 'viewer'))
);
comment on table public.api_keys is
'Programs that may ask the REST API about one workspace, what for, and until when. A revoked key stays listed.

A key is a user of its own, under the key''s id: row level security sees its role here, while it is neither
revoked nor expired. Scopes are the API''s to check.';
