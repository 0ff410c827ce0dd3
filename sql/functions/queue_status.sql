create function private.queue_status(workspace_id uuid)
    returns table (
        workspace uuid,
        workspace_name text,
        kind text,
        waiting bigint,
        leased bigint,
        dead bigint,
        oldest_seconds double precision,
        last_error text
    )
    language plpgsql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    everything boolean := private.caller_is_service();
begin
    return query
    select
        workspaces.id,
        workspaces.name,
        jobs.kind,
        count(*) filter (where jobs.state = 'waiting'),
        count(*) filter (where jobs.state = 'leased'),
        count(*) filter (where jobs.state = 'dead'),
        extract(
            epoch from clock_timestamp() - min(jobs.created_at) filter (where jobs.state <> 'dead')
        )::double precision,
        (array_agg(jobs.last_error order by jobs.updated_at desc) filter (where jobs.last_error is not null))[1]
    from private.jobs
    inner join public.workspaces on jobs.workspace_id = workspaces.id
    where
        (queue_status.workspace_id is null or jobs.workspace_id = queue_status.workspace_id)
        and (everything or jobs.workspace_id in (select private.caller_workspace_ids()))
    group by workspaces.id, workspaces.name, jobs.kind
    order by workspaces.name, workspaces.id, jobs.kind;
end
$$;
comment on function private.queue_status is 'What public.queue_status answers, for the workspaces the caller may see.';
revoke execute on function private.queue_status from public, anon;
grant execute on function private.queue_status to authenticated, service_role;
