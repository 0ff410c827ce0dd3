create function public.release_jobs(
    -- [{"job_id": 1, "attempt": 2}]
    fences jsonb
)
    -- how many wait again
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    released integer;
begin
    with locked as materialized (
        select jobs.id
        from private.jobs
        inner join jsonb_to_recordset(release_jobs.fences) as fence (job_id bigint, attempt integer)
            on
                jobs.id = fence.job_id
                and jobs.attempt = fence.attempt
        where jobs.state = 'leased'
        order by jobs.id
        for update of jobs
    )
    update private.jobs
    set
        state = 'waiting',
        leased_by = null,
        run_at = clock_timestamp(),
        updated_at = clock_timestamp()
    from locked
    where jobs.id = locked.id;
    get diagnostics released = row_count;
    return released;
end
$$;
comment on function public.release_jobs is
'Hand leased jobs back unfinished, as a worker does that is told to stop.

A lease that is no longer held is left alone. For workers only.';
revoke execute on function public.release_jobs from public, anon, authenticated;
grant execute on function public.release_jobs to service_role;
