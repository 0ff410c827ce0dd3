create table public.model_batches (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,
    backfill_id uuid not null,

    model text not null,
    ticket jsonb not null,  -- what the provider gave, and what is needed to read its answers
    hashes jsonb not null,  -- id of a row to the content hash that was asked about
    reservation_id uuid,  -- of the budget; ends after a day, and counts as spent then
    look_at timestamptz not null,  -- when to ask the provider next

    created_at timestamptz not null default now(),

    constraint model_batches_pkey primary key (id),
    constraint model_batches_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint model_batches_backfill_id_fkey
    foreign key (workspace_id, backfill_id) references public.backfills (workspace_id, id) on delete cascade,
    constraint model_batches_ticket_is_an_object check (jsonb_typeof(ticket) = 'object'),
    constraint model_batches_hashes_is_an_object check (jsonb_typeof(hashes) = 'object')
);
create index idx_model_batches_backfill_id on public.model_batches (workspace_id, backfill_id);
create index idx_model_batches_look_at on public.model_batches (look_at);
comment on table public.model_batches is
'Questions that wait with a provider, which answers within a day; gone when the answers are written.';
