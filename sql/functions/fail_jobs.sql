create function private.fail_jobs(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs that failed
    returns bigint[]
    language plpgsql
    set search_path = ''
as $$
declare
    failed bigint[];
begin
    with failures as (
        select
            answer.job_id,
            coalesce(answer.failure ->> 'message', 'failed without a message') as message,
            coalesce((answer.failure ->> 'permanent')::boolean, false) as permanent,
            (answer.failure ->> 'retry_after')::double precision as retry_after
        from jsonb_to_recordset(fail_jobs.results) as answer (job_id bigint, failure jsonb)
        where
            jsonb_typeof(answer.failure) = 'object'
            and answer.job_id = any(fail_jobs.held)
    ),
    written as (
        update private.jobs
        set
            -- an answer "come back later" is no failure
            failures = jobs.failures + case when failures.retry_after is null then 1 else 0 end,
            state = case
                when failures.permanent then 'dead'
                when failures.retry_after is null and jobs.failures + 1 >= private.max_failures() then 'dead'
                else 'waiting'
            end,
            leased_by = null,
            last_error = left(failures.message, 2000),
            run_at = clock_timestamp() + make_interval(
                secs => case
                    when failures.retry_after is not null then least(failures.retry_after, 86400)
                    -- full jitter, so that what failed together does not come back together
                    else random() * least(900, 2 * power(2, least(jobs.failures, 20)))
                end
            ),
            updated_at = clock_timestamp()
        from failures
        where jobs.id = failures.job_id
        returning jobs.id
    )
    select array_agg(written.id) into failed from written;
    if failed is not null then
        perform private.mark_failed(failed);
    end if;
    return failed;
end
$$;
comment on function private.fail_jobs is
'Sends failed jobs back to wait, twice as long each time, or to the dead when they failed for good or too often.';
revoke execute on function private.fail_jobs from public, anon, authenticated;
grant execute on function private.fail_jobs to service_role;
