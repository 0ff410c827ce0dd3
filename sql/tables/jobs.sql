create table private.jobs (
    id bigint not null generated always as identity,
    workspace_id uuid not null,
    kind text not null,
    target_id uuid not null,

    state text not null default 'waiting',
    content_hash text,  -- of the text to work on
    attempt integer not null default 0,  -- with the id: the fence; only grows
    failures integer not null default 0,  -- towards dead
    run_at timestamptz not null default now(),  -- waiting: not before; leased: the lease ends
    leased_by text,
    last_error text,
    backfill_id uuid,  -- the run that took the row and counts what becomes of it; no key: runs are not deleted
    -- whether the edge function may embed the text: null, it may; a time, from then on; 9999-12-31, never
    embedding_until timestamptz,
    -- vectors of labels before the content that needs them
    priority smallint not null
    generated always as (case when kind in ('embed_category', 'embed_tag') then 0 else 1 end) stored,

    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),

    constraint jobs_pkey primary key (id),
    constraint jobs_workspace_id_fkey
    foreign key (workspace_id) references public.workspaces (id) on delete cascade,
    constraint jobs_target_is_unique unique (kind, target_id),
    constraint jobs_kind_is_known
    check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag')),
    constraint jobs_state_is_known check (state in ('waiting', 'leased', 'dead')),
    constraint jobs_attempt_is_not_negative check (attempt >= 0),
    constraint jobs_failures_is_not_negative check (failures >= 0),
    constraint jobs_leased_has_a_worker check ((state = 'leased') = (leased_by is not null))
)
-- finished rows are deleted at the rate content arrives
with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);
create index idx_jobs_claimable on private.jobs (workspace_id, priority, run_at) where state <> 'dead';
-- the few leases after which a job would be dead
create index idx_jobs_failing on private.jobs (run_at) where state = 'leased' and failures > 0;
create index idx_jobs_backfill_id on private.jobs (backfill_id) where backfill_id is not null;
create index idx_jobs_dead on private.jobs (workspace_id) where state = 'dead';
comment on table private.jobs is
'The queue: at most one row for each thing to do, deleted when done.

waiting -> leased (claim_jobs) -> gone (complete_jobs), back to waiting (transient failure), or dead (replay_jobs).';
