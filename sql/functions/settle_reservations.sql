create function private.settle_reservations(
    -- [{"id", "cost": US dollars or null, "requests": null or how many were asked}]
    settlements jsonb
)
    returns integer
    language plpgsql
    volatile
    set search_path = ''
as $$
declare
    settled_count integer;
begin
    -- in one order for everybody, and before the reservations are looked at
    perform daily_spending.day
    from public.daily_spending
    where
        (daily_spending.workspace_id, daily_spending.day) in (
            select
                reservations.workspace_id,
                reservations.day
            from jsonb_to_recordset(settle_reservations.settlements) as told (id uuid)
            inner join private.reservations on told.id = reservations.id
        )
    order by
        daily_spending.workspace_id,
        daily_spending.day
    for no key update;
    with ended as (
        delete from private.reservations
        using
            jsonb_to_recordset(settle_reservations.settlements) as told (id uuid, cost numeric, requests integer)
        where reservations.id = told.id
        returning
            reservations.workspace_id,
            reservations.day,
            reservations.kind,
            reservations.model,
            reservations.amount,
            coalesce(told.requests, reservations.requests) as requests,
            -- unknown: as much as it may have been
            coalesce(ceil(told.cost * 1000000) / 1000000, reservations.amount) as cost
    ),
    added as (
        insert into public.spending (workspace_id, day, kind, model, requests, cost)
        select
            ended.workspace_id,
            ended.day,
            ended.kind,
            ended.model,
            sum(ended.requests),
            sum(ended.cost)
        from ended
        group by
            ended.workspace_id,
            ended.day,
            ended.kind,
            ended.model
        on conflict on constraint spending_line_is_unique do update
        set
            requests = spending.requests + excluded.requests,
            cost = spending.cost + excluded.cost
    ),
    moved as (
        update public.daily_spending
        set
            reserved = daily_spending.reserved - summed.amount,
            settled = daily_spending.settled + summed.cost
        from (
            select
                ended.workspace_id,
                ended.day,
                sum(ended.amount) as amount,
                sum(ended.cost) as cost
            from ended
            group by
                ended.workspace_id,
                ended.day
        ) as summed
        where
            daily_spending.workspace_id = summed.workspace_id
            and daily_spending.day = summed.day
    )
    select count(*)
    into settled_count
    from ended;
    return settled_count;
end
$$;
comment on function private.settle_reservations is
'Ends reservations: what was reserved becomes what it cost, or all of it where nobody knows. Those that ended before
stay as they are.';
revoke execute on function private.settle_reservations from public, anon, authenticated;
grant execute on function private.settle_reservations to service_role;
