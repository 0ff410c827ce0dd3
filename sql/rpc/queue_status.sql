create function public.queue_status(
    -- null: all the caller may see
    workspace_id uuid default null
)
    returns table (
        workspace uuid,
        workspace_name text,
        kind text,
        waiting bigint,
        leased bigint,
        dead bigint,
        -- age of the oldest job that is not dead; null without one
        oldest_seconds double precision,
        last_error text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.queue_status(queue_status.workspace_id);
$$;
comment on function public.queue_status is
'How much there is to do: jobs by workspace and kind, the age of the oldest, the last error.

No row means nothing to do.';
revoke execute on function public.queue_status from public, anon;
grant execute on function public.queue_status to authenticated, service_role;
