create function public.log_api_requests(
    -- [{"id": null or the line's, "key_id", "method", "route", "status", "request_id", "address", "seconds_ago"}]
    requests jsonb
)
    -- how many were written: those of a key that is gone are not, nor those that are there
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    written integer;
begin
    insert into public.api_key_log
    (id, workspace_id, key_id, event, method, route, status, request_id, address, created_at)
    select
        coalesce(request.id, gen_random_uuid()),
        api_keys.workspace_id,
        api_keys.id,
        'request',
        request.method,
        request.route,
        request.status,
        request.request_id,
        request.address,
        moment - make_interval(secs => request.seconds_ago)
    from jsonb_to_recordset(log_api_requests.requests) as request (
        id uuid,
        key_id uuid,
        method text,
        route text,
        status integer,
        request_id text,
        address text,
        seconds_ago float
    )
    inner join public.api_keys on request.key_id = api_keys.id
    -- told twice, because the first answer was lost
    on conflict on constraint api_key_log_pkey do nothing;
    get diagnostics written = row_count;
    with used as (
        select
            request.key_id,
            moment - make_interval(secs => min(request.seconds_ago)) as used_at
        from jsonb_to_recordset(log_api_requests.requests) as request (key_id uuid, seconds_ago float)
        group by request.key_id
    ),
    locked as (
        select
            api_keys.id,
            used.used_at
        from public.api_keys
        inner join used on api_keys.id = used.key_id
        -- in one order for everybody
        order by api_keys.id
        for no key update of api_keys
    )
    update public.api_keys
    set last_used_at = greatest(api_keys.last_used_at, locked.used_at)
    from locked
    where api_keys.id = locked.id;
    -- what is old goes in small bites, while new comes
    delete from public.api_key_log
    where
        api_key_log.id in (
            select old.id
            from public.api_key_log as old
            where old.event = 'request' and old.created_at < moment - interval '90 days'
            order by old.created_at
            limit 1000
            for update skip locked
        );
    return written;
end
$$;
comment on function public.log_api_requests is
'Write down what API keys were used for, a batch in one call, and forget what is older than 90 days.

For services only.';
revoke execute on function public.log_api_requests from public, anon, authenticated;
grant execute on function public.log_api_requests to service_role;
