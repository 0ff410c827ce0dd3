create function public.reserve_spend(
    -- [{"workspace_id", "kind", "model", "prompt_version", "amounts": [US dollars at most, one a text]}];
    -- with a prompt_version it has to have passed the gate
    wanted jsonb,
    -- a reservation that nobody settled by then counts as spent in full; clamped to 1..86400
    expires_seconds integer default 600
)
    -- a row a wish, in its order
    returns table (
        place integer,
        -- null: nothing was granted
        reservation_id uuid,
        -- that many of its amounts fit, from the first on
        granted integer,
        daily_budget numeric,
        -- what was left of it before
        available numeric,
        -- why it may not decide there, whatever the budget: lost, unmeasured; null: it may
        gate text,
        workspace_name text
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    today date := (moment at time zone 'utc')::date;
    homes uuid[] := array(
        select distinct workspaces.id
        from jsonb_to_recordset(reserve_spend.wanted) as wish (workspace_id uuid)
        inner join public.workspaces on wish.workspace_id = workspaces.id
    );
begin
    if exists (
        select
        from jsonb_to_recordset(reserve_spend.wanted) as wish (amounts numeric[])
        cross join unnest(wish.amounts) as amount
        where not coalesce(amount between 0 and 100000, false)
    ) then
        raise exception using
            errcode = 'check_violation',
            message = 'an amount is out of range: expected 0 to 100000 US dollars';
    end if;
    insert into public.daily_spending (workspace_id, day)
    select
        home,
        today
    from unnest(homes) as home
    order by home
    on conflict on constraint daily_spending_pkey do nothing;
    -- in one order for everybody; from here on nobody else reserves or settles for these
    perform daily_spending.day
    from public.daily_spending
    where
        daily_spending.workspace_id = any(homes)
        and (
            daily_spending.day = today
            or exists (
                select
                from private.reservations
                where
                    reservations.workspace_id = daily_spending.workspace_id
                    and reservations.day = daily_spending.day
                    and reservations.expires_at <= moment
            )
        )
    order by
        daily_spending.workspace_id,
        daily_spending.day
    for no key update;
    -- of workers that died: nobody knows what they spent
    perform private.settle_reservations(
        (
            select coalesce(jsonb_agg(jsonb_build_object('id', reservations.id)), '[]')
            from private.reservations
            where
                reservations.workspace_id = any(homes)
                and reservations.expires_at <= moment
        )
    );
    return query
    with wishes as materialized (
        select
            listed.place::integer as place,
            gen_random_uuid() as reservation_id,
            wish.workspace_id,
            wish.kind,
            wish.model,
            wish.prompt_version,
            case
                when wish.prompt_version is not null
                    then private.gate_standing(wish.workspace_id, wish.model, wish.prompt_version)
            end as standing,
            wish.amounts
        from jsonb_array_elements(reserve_spend.wanted) with ordinality as listed (element, place)
        cross join
            lateral jsonb_to_record(listed.element) as wish (
                workspace_id uuid, kind text, model text, prompt_version text, amounts numeric[]
            )
    ),
    budgets as (
        select
            daily_spending.workspace_id,
            workspaces.name,
            workspaces.daily_budget,
            coalesce(workspaces.daily_budget, 0) - daily_spending.reserved - daily_spending.settled as available
        from public.daily_spending
        inner join public.workspaces on daily_spending.workspace_id = workspaces.id
        where
            daily_spending.workspace_id = any(homes)
            and daily_spending.day = today
    ),
    summed as (
        select
            wishes.place,
            wishes.workspace_id,
            ceil(listed.amount * 1000000) / 1000000 as amount,
            sum(ceil(listed.amount * 1000000) / 1000000) over (
                partition by wishes.workspace_id
                order by
                    wishes.place,
                    listed.place
            ) as total
        from wishes
        cross join lateral unnest(wishes.amounts) with ordinality as listed (amount, place)
        where coalesce(wishes.standing not in ('lost', 'unmeasured'), true)
    ),
    fitting as materialized (
        select
            summed.place,
            summed.workspace_id,
            count(*)::integer as granted,
            sum(summed.amount) as amount
        from summed
        inner join budgets on summed.workspace_id = budgets.workspace_id
        where summed.total <= budgets.available
        group by
            summed.place,
            summed.workspace_id
    ),
    reserved as (
        insert into private.reservations (id, workspace_id, day, kind, model, requests, amount, expires_at)
        select
            wishes.reservation_id,
            wishes.workspace_id,
            today,
            wishes.kind,
            wishes.model,
            fitting.granted,
            fitting.amount,
            moment + make_interval(secs => least(greatest(reserve_spend.expires_seconds, 1), 86400))
        from wishes
        inner join fitting on wishes.place = fitting.place
    ),
    -- so that it is not cut off on the day the golden set is large enough
    recorded as (
        insert into public.gate_verdicts (
            workspace_id, subject, model, prompt_version, origin, basis, passed, created_at
        )
        select distinct
            wishes.workspace_id,
            'analyst',
            wishes.model,
            wishes.prompt_version,
            'automatic',
            'none',
            true,
            moment
        from wishes
        inner join fitting on wishes.place = fitting.place
        where wishes.standing = 'few'
        on conflict do nothing
    ),
    counted as (
        update public.daily_spending
        set reserved = daily_spending.reserved + added.amount
        from (
            select
                fitting.workspace_id,
                sum(fitting.amount) as amount
            from fitting
            group by fitting.workspace_id
        ) as added
        where
            daily_spending.workspace_id = added.workspace_id
            and daily_spending.day = today
    )
    select
        wishes.place,
        case when fitting.granted > 0 then wishes.reservation_id end,
        coalesce(fitting.granted, 0),
        budgets.daily_budget,
        coalesce(budgets.available, 0),
        case when wishes.standing in ('lost', 'unmeasured') then wishes.standing end,
        budgets.name
    from wishes
    left join fitting on wishes.place = fitting.place
    left join budgets on wishes.workspace_id = budgets.workspace_id
    order by wishes.place;
end
$$;
comment on function public.reserve_spend is
'Reserve money of today''s budgets before models are asked; what does not fit is not granted. For services only.

A workspace without a budget has none, and a model that has not passed the gate is granted nothing there. settle_spend
says what it really cost.';
revoke execute on function public.reserve_spend from public, anon, authenticated;
grant execute on function public.reserve_spend to service_role;
