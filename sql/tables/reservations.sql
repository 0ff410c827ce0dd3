create table private.reservations (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    day date not null,  -- of UTC, when it was made
    kind text not null,
    model text not null,

    requests integer not null,
    amount numeric(14, 6) not null,  -- US dollars, at most

    expires_at timestamptz not null,

    constraint reservations_pkey primary key (id),
    constraint reservations_day_fkey
    foreign key (workspace_id, day) references public.daily_spending (workspace_id, day) on delete cascade,
    constraint reservations_kind_is_snake_case check (kind ~ '^[a-z][a-z0-9_]*$'),
    constraint reservations_is_not_negative check (least(requests, amount) >= 0)
);
create index idx_reservations_expires_at on private.reservations (workspace_id, day, expires_at);
comment on table private.reservations is
'What a model that is being asked may cost. One that nobody settled until it expired counts as spent in full.';
