create function public.replay_deliveries(
    -- dead or delivered ones; null: every dead one of the endpoint
    delivery_ids uuid[] default null,
    -- null: whatever endpoint they are of
    endpoint_id uuid default null
)
    -- how many wait again
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.replay_deliveries(replay_deliveries.delivery_ids, replay_deliveries.endpoint_id);
$$;
comment on function public.replay_deliveries is
'Send deliveries again, with their failures forgotten.

They keep their webhook-id, so a receiver that has one already knows it. For owners and editors.';
revoke execute on function public.replay_deliveries from public, anon;
grant execute on function public.replay_deliveries to authenticated, service_role;
