create function private.count_backfilled(
    -- of complete_jobs: "changed" and "cost" of an answer are read
    results jsonb,
    -- jobs that end now
    done bigint[],
    -- jobs of which some may be dead now
    failed bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    concerned bigint[];
begin
    select array_agg(jobs.id) into concerned
    from private.jobs
    where
        jobs.backfill_id is not null
        and (
            jobs.id = any(count_backfilled.done)
            or (jobs.id = any(count_backfilled.failed) and jobs.state = 'dead')
        );
    if concerned is null then
        return;
    end if;
    perform backfills.id
    from public.backfills
    where backfills.id in (select jobs.backfill_id from private.jobs where jobs.id = any(concerned))
    order by backfills.id
    for no key update;
    update public.backfills
    set
        done = backfills.done + counted.done,
        changed = backfills.changed + counted.changed,
        failed = backfills.failed + counted.failed,
        cost = backfills.cost + counted.cost,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + case
            when backfills.state <> 'running' then 0
            else greatest(0, least(120, extract(
                epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
            )))
        end,
        updated_at = clock_timestamp()
    from (
        select
            jobs.backfill_id,
            count(*) filter (where jobs.state <> 'dead') as done,
            count(*) filter (where jobs.state <> 'dead' and answer.changed) as changed,
            count(*) filter (where jobs.state = 'dead') as failed,
            coalesce(sum(answer.cost), 0) as cost
        from private.jobs
        left join jsonb_to_recordset(count_backfilled.results) as answer (
            job_id bigint, changed boolean, cost numeric
        )
            on jobs.id = answer.job_id
        where jobs.id = any(concerned)
        group by jobs.backfill_id
    ) as counted
    where backfills.id = counted.backfill_id;
    -- what is dead was counted; it may be tried again
    update private.jobs
    set backfill_id = null
    where
        jobs.id = any(concerned)
        and jobs.state = 'dead';
end
$$;
comment on function private.count_backfilled is
'Adds jobs that end to the account of the backfill that took their rows, whoever ended them. Call last: it locks the run.';
revoke execute on function private.count_backfilled from public, anon, authenticated;
grant execute on function private.count_backfilled to service_role;
