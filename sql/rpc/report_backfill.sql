create function public.report_backfill(
    backfill_id uuid,
    -- vectors: rows since the last report; rows that are labeled are counted by complete_jobs
    failed integer default 0,
    -- US dollars
    cost numeric default 0,
    -- no more rows for so long; null: go on
    wait_seconds double precision default null,
    -- why
    error text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    update public.backfills
    set
        failed = backfills.failed + coalesce(report_backfill.failed, 0),
        cost = backfills.cost + coalesce(report_backfill.cost, 0),
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
        ))),
        run_at = case
            when report_backfill.wait_seconds is null then backfills.run_at
            else clock_timestamp() + make_interval(secs => least(greatest(report_backfill.wait_seconds, 0), 86400))
        end,
        last_error = coalesce(left(report_backfill.error, 2000), backfills.last_error),
        updated_at = clock_timestamp()
    where backfills.id = report_backfill.backfill_id;
$$;
comment on function public.report_backfill is 'Add to the account of a backfill, or let it wait. For workers only.';
revoke execute on function public.report_backfill from public, anon, authenticated;
grant execute on function public.report_backfill to service_role;
