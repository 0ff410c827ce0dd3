create function public.list_deliveries(
    -- null: all the caller may see
    workspace_id uuid default null,
    endpoint_id uuid default null,
    -- waiting, leased, delivered or dead
    state text default null,
    -- values outside 1..1000 are clamped
    match_count integer default 50,
    -- both of the last one of the page before
    before_created_at timestamptz default null,
    before_id uuid default null
)
    -- newest first
    returns table (
        id uuid,
        endpoint uuid,
        endpoint_name text,
        event_type text,
        delivery_state text,
        attempt integer,
        failures integer,
        run_at timestamptz,
        last_status integer,
        last_error text,
        last_response text,
        duration_ms integer,
        created_at timestamptz,
        delivered_at timestamptz
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        deliveries.id,
        deliveries.endpoint_id,
        webhook_endpoints.name,
        deliveries.event_type,
        deliveries.state,
        deliveries.attempt,
        deliveries.failures,
        deliveries.run_at,
        deliveries.last_status,
        deliveries.last_error,
        deliveries.last_response,
        deliveries.duration_ms,
        deliveries.created_at,
        deliveries.delivered_at
    from public.webhook_deliveries as deliveries
    inner join public.webhook_endpoints on deliveries.endpoint_id = webhook_endpoints.id
    where
        (list_deliveries.workspace_id is null or deliveries.workspace_id = list_deliveries.workspace_id)
        and (list_deliveries.endpoint_id is null or deliveries.endpoint_id = list_deliveries.endpoint_id)
        and (list_deliveries.state is null or deliveries.state = list_deliveries.state)
        and (
            list_deliveries.before_id is null
            or (deliveries.created_at, deliveries.id)
            < (list_deliveries.before_created_at, list_deliveries.before_id)
        )
    order by deliveries.created_at desc, deliveries.id desc
    limit least(greatest(coalesce(list_deliveries.match_count, 50), 1), 1000);
$$;
comment on function public.list_deliveries is
'What was sent to webhooks, is to be sent, or could not be, with the endpoint''s name.

For owners and editors. A page goes on where the one before ended, whatever was added meanwhile.';
revoke execute on function public.list_deliveries from public, anon;
grant execute on function public.list_deliveries to authenticated, service_role;
