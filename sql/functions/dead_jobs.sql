create function private.dead_jobs(
    workspace_id uuid,
    match_count integer
)
    returns table (
        id bigint,
        workspace uuid,
        kind text,
        target_id uuid,
        failures integer,
        last_error text,
        created_at timestamptz,
        updated_at timestamptz
    )
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select
        jobs.id,
        jobs.workspace_id,
        jobs.kind,
        jobs.target_id,
        jobs.failures,
        jobs.last_error,
        jobs.created_at,
        jobs.updated_at
    from private.jobs
    where
        jobs.state = 'dead'
        and (dead_jobs.workspace_id is null or jobs.workspace_id = dead_jobs.workspace_id)
        and (
            (select private.caller_is_service())
            or jobs.workspace_id in (select private.caller_workspace_ids())
        )
    order by jobs.updated_at desc, jobs.id desc
    limit least(greatest(coalesce(dead_jobs.match_count, 100), 1), 1000);
$$;
comment on function private.dead_jobs is 'What public.dead_jobs answers, for the workspaces the caller may see.';
revoke execute on function private.dead_jobs from public, anon;
grant execute on function private.dead_jobs to authenticated, service_role;
