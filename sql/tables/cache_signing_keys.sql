create table private.cache_signing_keys (
    signing_key text not null,  -- 64 hex digits

    created_at timestamptz not null default now(),

    constraint cache_signing_keys_pkey primary key (signing_key),
    constraint cache_signing_keys_signing_key_is_long check (length(signing_key) >= 64)
);
comment on table private.cache_signing_keys is
'What entries in Redis are signed with, so that nobody who can write there is believed. The oldest counts.';
