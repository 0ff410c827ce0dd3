create table private.idempotency_keys (
    request_key text not null,  -- who asks, then what for and under which key
    body_hash text not null,
    owner text not null,  -- who acts, and alone may say how it ended
    leased_until timestamptz not null,
    answer text,  -- null: none yet

    created_at timestamptz not null default now(),

    constraint idempotency_keys_pkey primary key (request_key),
    constraint idempotency_keys_request_key_fits check (length(request_key) <= 200),
    constraint idempotency_keys_body_hash_fits check (length(body_hash) <= 100),
    constraint idempotency_keys_owner_fits check (length(owner) <= 100),
    constraint idempotency_keys_answer_fits check (length(answer) <= 1000000)
);
create index idx_idempotency_keys_created_at on private.idempotency_keys (created_at);
comment on table private.idempotency_keys is
'Requests that are done once however often they are sent: what each was answered, for a day, or who is at it.';
