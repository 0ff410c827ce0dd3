create function public.complete_deliveries(
    -- an array, an answer a delivery: delivery_id, attempt, status (of HTTP, or null), error (or null),
    -- response (what was answered, or null), retry_after (seconds, or null), duration_ms
    results jsonb
)
    -- a verdict an answer: accepted; stale (the fence moved)
    returns table (delivery_id uuid, attempt integer, verdict text)
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    held uuid[];
begin
    if jsonb_typeof(complete_deliveries.results) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('results must be an array of answers, not %s', jsonb_typeof(complete_deliveries.results));
    end if;
    -- locks in one order for everybody: endpoints, deliveries
    perform webhook_endpoints.id
    from public.webhook_endpoints
    where
        webhook_endpoints.id in (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            inner join jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid)
                on webhook_deliveries.id = answer.delivery_id
        )
    order by webhook_endpoints.id
    for no key update;
    select array_agg(locked.id) into held
    from (
        select webhook_deliveries.id
        from public.webhook_deliveries
        inner join jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid, attempt integer)
            on
                webhook_deliveries.id = answer.delivery_id
                and webhook_deliveries.attempt = answer.attempt
        where webhook_deliveries.state = 'leased'
        order by webhook_deliveries.id
        for update of webhook_deliveries
    ) as locked;
    perform private.write_deliveries(complete_deliveries.results, held, moment);
    perform private.judge_endpoints(complete_deliveries.results, held, moment);

    -- what ended long ago goes, a little at a time
    delete from public.webhook_deliveries
    where
        webhook_deliveries.id in (
            select old.id
            from public.webhook_deliveries as old
            where
                old.state in ('delivered', 'dead')
                and old.updated_at < moment - interval '30 days'
            order by old.updated_at
            limit 100
            for update skip locked
        );

    return query
    select
        answer.delivery_id,
        answer.attempt,
        case when answer.delivery_id = any(held) then 'accepted' else 'stale' end
    from jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid, attempt integer);
end
$$;
comment on function public.complete_deliveries is
'Write down how deliveries went: delivered, to be tried again, or dead; and how their endpoints do.

Answers are fenced by delivery id and attempt. Only a status of 200 to 299 counts as delivered. For workers only.';
revoke execute on function public.complete_deliveries from public, anon, authenticated;
grant execute on function public.complete_deliveries to service_role;
