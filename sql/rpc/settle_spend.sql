create function public.settle_spend(
    -- [{"id", "cost": US dollars or null, "requests": null or how many were asked}]
    settlements jsonb
)
    -- how many ended now: those that expired count as spent in full already
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
begin
    if exists (
        select
        from jsonb_to_recordset(settle_spend.settlements) as told (cost numeric, requests integer)
        where
            not coalesce(told.cost between 0 and 100000, true)
            or told.requests < 0
    ) then
        raise exception using
            errcode = 'check_violation',
            message = 'a settlement is out of range: expected a cost of 0 to 100000 US dollars, or null';
    end if;
    return private.settle_reservations(settle_spend.settlements);
end
$$;
comment on function public.settle_spend is
'Say what answers cost that money was reserved for; null: as much as was reserved. For services only.';
revoke execute on function public.settle_spend from public, anon, authenticated;
grant execute on function public.settle_spend to service_role;
