create function private.judge_endpoints(
    results jsonb,
    -- deliveries whose fence held; their endpoints are locked
    held uuid[],
    moment timestamptz
)
    returns void
    language sql
    set search_path = ''
as $$
    update public.webhook_endpoints
    set
        failures = case when tally.delivered then 0 else webhook_endpoints.failures + tally.failed end,
        failing_since = case
            when not tally.delivered then coalesce(webhook_endpoints.failing_since, moment)
        end,
        paused_until = case
            when not tally.delivered then moment + private.webhook_pause(webhook_endpoints.failures + tally.failed)
        end,
        enabled = webhook_endpoints.enabled and verdict.reason is null,
        disabled_reason = coalesce(verdict.reason, webhook_endpoints.disabled_reason)
    from (
        select
            webhook_deliveries.endpoint_id,
            bool_or(webhook_deliveries.state = 'delivered') as delivered,
            count(*)::integer as failed,
            bool_or(answer.status = 410) as gone
        from jsonb_to_recordset(judge_endpoints.results) as answer (
            delivery_id uuid, attempt integer, status integer
        )
        inner join public.webhook_deliveries
            on
                answer.delivery_id = webhook_deliveries.id
                and answer.attempt = webhook_deliveries.attempt
        where webhook_deliveries.id = any(judge_endpoints.held)
        group by webhook_deliveries.endpoint_id
    ) as tally
    inner join public.webhook_endpoints as before on tally.endpoint_id = before.id
    cross join lateral (
        select
            case
                when tally.gone then 'it answered 410 Gone'
                when not tally.delivered and before.failing_since < moment - interval '5 days'
                    then 'nothing was delivered for five days'
            end as reason
    ) as verdict
    where
        webhook_endpoints.id = tally.endpoint_id
        and (not tally.delivered or tally.gone or webhook_endpoints.failures > 0);
$$;
comment on function private.judge_endpoints is
'Counts an endpoint''s failures in a row, pauses it after ten, disables it after five days of them or when it is gone.';
revoke execute on function private.judge_endpoints from public, anon, authenticated;
grant execute on function private.judge_endpoints to service_role;
