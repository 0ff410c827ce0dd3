create function private.write_deliveries(
    results jsonb,
    -- deliveries whose fence holds; they are locked
    held uuid[],
    moment timestamptz
)
    returns void
    language sql
    set search_path = ''
as $$
    update public.webhook_deliveries
    set
        state = outcome.state,
        failures = webhook_deliveries.failures + case when outcome.state = 'delivered' then 0 else 1 end,
        leased_by = null,
        last_status = answer.status,
        last_error = case
            when outcome.state <> 'delivered'
                then left(coalesce(answer.error, 'answered ' || answer.status, 'failed without a message'), 500)
        end,
        last_response = left(answer.response, 1000),
        duration_ms = answer.duration_ms,
        run_at = case
            when outcome.state = 'waiting'
                then
                moment + greatest(
                    private.webhook_delay(webhook_deliveries.failures + 1),
                    make_interval(secs => least(coalesce(answer.retry_after, 0), 86400))
                )
            else moment
        end,
        delivered_at = case when outcome.state = 'delivered' then moment end,
        updated_at = moment
    from jsonb_to_recordset(write_deliveries.results) as answer (
        delivery_id uuid, attempt integer, status integer, error text, response text,
        retry_after double precision, duration_ms integer
    )
    inner join public.webhook_deliveries as before on answer.delivery_id = before.id
    cross join lateral (
        select
            case
                when answer.error is null and answer.status between 200 and 299 then 'delivered'
                when answer.status = 410 or before.failures + 1 >= private.webhook_tries() then 'dead'
                else 'waiting'
            end as state
    ) as outcome
    where
        webhook_deliveries.id = answer.delivery_id
        and webhook_deliveries.id = any(write_deliveries.held)
        and webhook_deliveries.attempt = answer.attempt;
$$;
comment on function private.write_deliveries is
'Ends deliveries, or sends them back to wait: longer each time, and never shorter than the receiver asked for.';
revoke execute on function private.write_deliveries from public, anon, authenticated;
grant execute on function private.write_deliveries to service_role;
