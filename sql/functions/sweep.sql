create function private.sweep()
    -- pokes
    returns integer
    language sql
    volatile
    set search_path = ''
as $$
    select
        count(*) filter (where private.poke(due.function_name))::integer
    from (
        select 'embed' as function_name
        where
            exists (
                select
                from private.jobs
                where
                    jobs.state <> 'dead'
                    and jobs.run_at <= clock_timestamp()
            )
        union all
        select 'deliver'
        where
            exists (
                select
                from public.webhook_deliveries
                inner join public.webhook_endpoints on webhook_deliveries.endpoint_id = webhook_endpoints.id
                where
                    webhook_deliveries.state in ('waiting', 'leased')
                    and webhook_deliveries.run_at <= clock_timestamp()
                    and webhook_endpoints.enabled
                    and (
                        webhook_endpoints.paused_until is null
                        or webhook_endpoints.paused_until <= clock_timestamp()
                    )
            )
    ) as due;
$$;
comment on function private.sweep is
'Pokes the edge functions that have something to do; what pg_cron calls, so that no lost poke is missed for long.';
revoke execute on function private.sweep from public, anon, authenticated, service_role;
