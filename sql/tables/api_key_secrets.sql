create table private.api_key_secrets (
    key_id uuid not null,
    workspace_id uuid not null,
    token_hash text not null,  -- sha256 of the whole key; the key itself is nowhere
    signing_key text not null,  -- with the key it makes the password of the key's user

    constraint api_key_secrets_pkey primary key (key_id),
    constraint api_key_secrets_key_id_fkey
    foreign key (workspace_id, key_id) references public.api_keys (workspace_id, id) on delete cascade,
    constraint api_key_secrets_token_hash_is_unique unique (token_hash)
);
create index idx_api_key_secrets_key_id on private.api_key_secrets (workspace_id, key_id);
comment on table private.api_key_secrets is
'What API keys are known by. Neither the hash nor the signing key lets anybody in without the key.';
