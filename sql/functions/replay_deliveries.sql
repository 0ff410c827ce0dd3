create function private.replay_deliveries(
    delivery_ids uuid[],
    endpoint_id uuid
)
    returns integer
    language plpgsql
    security definer  -- deliveries are not for callers to write; membership is checked below
    set search_path = ''
as $$
declare
    replayed integer;
begin
    if replay_deliveries.delivery_ids is null and replay_deliveries.endpoint_id is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'name deliveries, or an endpoint whose dead ones are to be sent again';
    end if;
    update public.webhook_deliveries
    set
        state = 'waiting',
        attempt = webhook_deliveries.attempt + 1,
        failures = 0,
        run_at = clock_timestamp(),
        delivered_at = null,
        updated_at = clock_timestamp()
    where
        case
            when replay_deliveries.delivery_ids is null then webhook_deliveries.state = 'dead'
            else
                webhook_deliveries.state in ('dead', 'delivered')
                and webhook_deliveries.id = any(replay_deliveries.delivery_ids)
        end
        and (
            replay_deliveries.endpoint_id is null
            or webhook_deliveries.endpoint_id = replay_deliveries.endpoint_id
        )
        and (
            private.caller_is_service()
            or webhook_deliveries.workspace_id in (select private.caller_editable_workspace_ids())
        );
    get diagnostics replayed = row_count;
    return replayed;
end
$$;
comment on function private.replay_deliveries is 'What public.replay_deliveries does, for owners and editors.';
revoke execute on function private.replay_deliveries from public, anon;
grant execute on function private.replay_deliveries to authenticated, service_role;
