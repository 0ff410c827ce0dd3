create function public.delivery_status()
    returns table (
        waiting bigint,
        leased bigint,
        dead bigint,
        -- for how long the delivery that is due longest waits; null: none is due, or its endpoint pauses
        late_seconds double precision,
        -- endpoints that were disabled, and not by a person
        disabled bigint,
        -- of the newest dead one
        last_error text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        (select count(*) from public.webhook_deliveries where state = 'waiting'),
        (select count(*) from public.webhook_deliveries where state = 'leased'),
        (select count(*) from public.webhook_deliveries where state = 'dead'),
        (
            select extract(epoch from clock_timestamp() - min(webhook_deliveries.run_at))::double precision
            from public.webhook_deliveries
            inner join public.webhook_endpoints on webhook_deliveries.endpoint_id = webhook_endpoints.id
            where
                webhook_deliveries.state = 'waiting'
                and webhook_deliveries.run_at <= clock_timestamp()
                and webhook_endpoints.enabled
                and (
                    webhook_endpoints.paused_until is null
                    or webhook_endpoints.paused_until <= clock_timestamp()
                )
        ),
        (select count(*) from public.webhook_endpoints where not enabled and disabled_reason is not null),
        (
            select last_error
            from public.webhook_deliveries
            where state = 'dead'
            order by updated_at desc
            limit 1
        );
$$;
comment on function public.delivery_status is
'How many messages to webhooks wait or are dead, in all workspaces: one row. For workers only.';
revoke execute on function public.delivery_status from public, anon, authenticated;
grant execute on function public.delivery_status to service_role;
