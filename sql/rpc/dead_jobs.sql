create function public.dead_jobs(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- values outside 1..1000 are clamped
    match_count integer default 100
)
    -- the last that failed first
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
    security invoker
    set search_path = ''
as $$
    select * from private.dead_jobs(dead_jobs.workspace_id, dead_jobs.match_count);
$$;
comment on function public.dead_jobs is
'What was given up, with the last error.

replay_jobs lets it wait again; so does another text of its target.';
revoke execute on function public.dead_jobs from public, anon;
grant execute on function public.dead_jobs to authenticated, service_role;
