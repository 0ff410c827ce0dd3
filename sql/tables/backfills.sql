create table public.backfills (
    id uuid not null default gen_random_uuid(),
    workspace_id uuid not null,

    kind text not null,
    state text not null default 'running',
    selection jsonb not null default '{}',  -- which rows; see core/selection.py
    batched boolean not null default false,  -- a model is asked in batches, at half the price, within a day
    switches boolean not null default true,  -- vectors: use them as soon as all are there
    embedding_model text,  -- vectors: of the new ones
    previous_model text,  -- vectors: of those before the switch

    place text not null default '',  -- kind/id of the last row that was looked at
    found_missing integer not null default 0,  -- vectors: since the last start from the beginning

    total integer not null default 0,  -- rows to look at when it began
    scanned integer not null default 0,  -- rows looked at
    taken integer not null default 0,  -- of those, rows to do
    done integer not null default 0,
    changed integer not null default 0,  -- labels: rows whose category is another now
    failed integer not null default 0,
    cost numeric(14, 6) not null default 0,  -- US dollars, on the money of the day it was spent

    seconds double precision not null default 0,  -- at work: what it waited or was paused is not counted
    run_at timestamptz not null default now(),  -- not before
    last_error text,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    finished_at timestamptz,

    constraint backfills_pkey primary key (id),
    constraint backfills_workspace_id_id_is_unique unique (workspace_id, id),
    constraint backfills_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint backfills_kind_is_known check (kind in ('labels', 'vectors')),
    constraint backfills_state_is_known
    check (state in ('running', 'paused', 'ready', 'switched', 'rolled_back', 'done', 'canceled')),
    constraint backfills_selection_is_an_object check (jsonb_typeof(selection) = 'object'),
    constraint backfills_vectors_have_a_model check ((kind = 'vectors') = (embedding_model is not null)),
    constraint backfills_is_not_negative
    check (least(found_missing, total, scanned, taken, done, changed, failed, cost, seconds) >= 0)
);
-- what is under way; the other columns are for lists
create index idx_backfills_workspace_id on public.backfills (workspace_id, created_at desc);
create unique index idx_backfills_one_is_open
on public.backfills (workspace_id, kind) where state in ('running', 'paused', 'ready');
comment on table public.backfills is
'Work on rows that are there already: label them again, or give them vectors by another model.

Any worker takes the next rows by itself. running, paused: see run_at; ready: all vectors are there; switched: they
are in use, and the old ones are kept for a way back; done, canceled, rolled_back: over.';
comment on column public.backfills.place is
'Where the next worker goes on: rows are taken in the order of their ids, so that a million of them cost no sort.';
