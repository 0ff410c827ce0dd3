create function private.bury_jobs(moment timestamptz)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    expired bigint[];
    free_ids uuid[];
    buried bigint[];
begin
    select array_agg(jobs.id) into expired
    from private.jobs
    where
        jobs.state = 'leased'
        and jobs.failures > 0
        and jobs.failures >= private.max_failures() - 1
        and jobs.run_at <= bury_jobs.moment;
    if expired is null then
        return;
    end if;
    -- content before jobs, as everywhere; what somebody else holds is left to the next claim
    select array_agg(locked.id) into free_ids
    from (
        select content_assets.id
        from public.content_assets
        inner join private.jobs on content_assets.id = jobs.target_id
        where jobs.id = any(expired)
        order by content_assets.id
        for no key update of content_assets skip locked
    ) as locked;
    select free_ids || array_agg(locked.id) into free_ids
    from (
        select campaigns.id
        from public.campaigns
        inner join private.jobs on campaigns.id = jobs.target_id
        where jobs.id = any(expired)
        order by campaigns.id
        for no key update of campaigns skip locked
    ) as locked;
    select array_agg(jobs.id) into buried
    from private.jobs
    where
        jobs.id = any(expired)
        and (jobs.kind in ('embed_category', 'embed_tag') or jobs.target_id = any(free_ids));

    with locked as materialized (
        select jobs.id
        from private.jobs
        where
            jobs.id = any(buried)
            and jobs.state = 'leased'
            and jobs.run_at <= bury_jobs.moment
        order by jobs.id
        for update skip locked
    )
    update private.jobs
    set
        state = 'dead',
        failures = jobs.failures + 1,
        last_error = format('worker %s took the job and never answered', jobs.leased_by),
        leased_by = null,
        updated_at = clock_timestamp()
    from locked
    where jobs.id = locked.id;
    perform private.mark_failed(buried);
    perform private.count_backfilled('[]', '{}', buried);
end
$$;
comment on function private.bury_jobs is
'Declares jobs dead whose last allowed worker took them and never answered: a row that kills its workers stops doing so.';
revoke execute on function private.bury_jobs from public, anon, authenticated;
grant execute on function private.bury_jobs to service_role;
