create function public.replay_jobs(
    -- null: every dead job of the workspace
    job_ids bigint[] default null,
    -- null: of every workspace
    workspace_id uuid default null
)
    -- how many wait again
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    replayed integer;
begin
    perform set_config('campaignbase.actor', 'machine', true);
    -- content before jobs, as everywhere
    update public.content_assets
    set label_state = 'queued'
    from private.jobs
    where
        jobs.state = 'dead'
        and jobs.kind = 'categorize_content'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id)
        and content_assets.id = jobs.target_id
        and content_assets.label_state = 'failed';
    update public.campaigns
    set label_state = 'queued'
    from private.jobs
    where
        jobs.state = 'dead'
        and jobs.kind = 'categorize_campaign'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id)
        and campaigns.id = jobs.target_id
        and campaigns.label_state = 'failed';
    perform set_config('campaignbase.actor', '', true);

    update private.jobs
    set
        state = 'waiting',
        attempt = jobs.attempt + 1,
        failures = 0,
        run_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where
        jobs.state = 'dead'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id);
    get diagnostics replayed = row_count;
    return replayed;
end
$$;
comment on function public.replay_jobs is
'Give dead jobs a new life: they wait again, with their failures forgotten.

For workers and operators only.';
revoke execute on function public.replay_jobs from public, anon, authenticated;
grant execute on function public.replay_jobs to service_role;
