-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what models may cost and did: reserved before they are asked, settled when they
--           answered
-- Touches:  function private.settle_reservations, private.enough_golden, private.gate_standing,
--           private.set_daily_budget, public.reserve_spend, public.settle_spend,
--           public.record_verdict, public.set_daily_budget; view public.offline_decisions,
--           public.campaign_costs
-- Mirrors:  sql/functions/settle_reservations.sql, sql/functions/enough_golden.sql,
--           sql/functions/gate_standing.sql, sql/functions/set_daily_budget.sql,
--           sql/rpc/reserve_spend.sql, sql/rpc/settle_spend.sql, sql/rpc/record_verdict.sql,
--           sql/rpc/set_daily_budget.sql, sql/views/offline_decisions.sql,
--           sql/views/campaign_costs.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/settle_reservations.sql
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

-- sql/functions/enough_golden.sql
create function private.enough_golden()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 30;
$$;
comment on function private.enough_golden is
'Golden rows from which on a hosted model decides only where it passed the gate.';
revoke execute on function private.enough_golden from public, anon, authenticated;
grant execute on function private.enough_golden to service_role;

-- sql/functions/gate_standing.sql
create function private.gate_standing(workspace_id uuid, model text, prompt_version text)
    -- passed, lost; without a verdict: unmeasured, or few: too few golden rows to measure with
    returns text
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        coalesce(
            (
                select case when gate_verdicts.passed then 'passed' else 'lost' end
                from public.gate_verdicts
                where
                    gate_verdicts.workspace_id = gate_standing.workspace_id
                    and gate_verdicts.subject = 'analyst'
                    and gate_verdicts.model = gate_standing.model
                    and gate_verdicts.prompt_version = gate_standing.prompt_version
                order by
                    gate_verdicts.created_at desc,
                    gate_verdicts.id desc
                limit 1
            ),
            (
                select case when count(*) < private.enough_golden() then 'few' else 'unmeasured' end
                from (
                    select
                    from public.content_assets
                    where
                        content_assets.workspace_id = gate_standing.workspace_id
                        and content_assets.golden
                        and content_assets.confirmed_at is not null
                        and content_assets.primary_category is not null
                    limit private.enough_golden()
                ) as golden
            )
        );
$$;
comment on function private.gate_standing is 'May a hosted model with a prompt decide in a workspace?';
revoke execute on function private.gate_standing from public, anon, authenticated;
grant execute on function private.gate_standing to service_role;

-- sql/functions/set_daily_budget.sql
create function private.set_daily_budget(workspace_id uuid, daily_budget numeric)
    returns void
    language plpgsql
    volatile
    security definer  -- callers may not write the column, nor private.jobs
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform private.check_owner(set_daily_budget.workspace_id);
    if not coalesce(set_daily_budget.daily_budget between 0 and 100000, true) then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'a daily budget of %s: expected 0 to 100000 US dollars, or null for none',
                set_daily_budget.daily_budget
            );
    end if;
    update public.workspaces
    set daily_budget = trunc(set_daily_budget.daily_budget, 6)
    where workspaces.id = set_daily_budget.workspace_id;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no workspace %s', coalesce(set_daily_budget.workspace_id::text, 'null'));
    end if;
    -- what waits for another day may go on today, but for what a provider answers in a batch; 9999: its vector is
    -- there
    update private.jobs
    set
        run_at = least(jobs.run_at, clock_timestamp()),
        embedding_until = case when jobs.embedding_until = '9999-12-31' then jobs.embedding_until end
    where
        jobs.workspace_id = set_daily_budget.workspace_id
        and jobs.state = 'waiting'
        and (
            jobs.run_at > clock_timestamp()
            or jobs.embedding_until between clock_timestamp() and '9999-12-30'
        )
        and not exists (
            select
            from public.model_batches
            where
                model_batches.workspace_id = jobs.workspace_id
                and model_batches.hashes ->> jobs.target_id::text = jobs.content_hash
        );
end
$$;
comment on function private.set_daily_budget is 'What public.set_daily_budget does, for an owner or the service.';
revoke execute on function private.set_daily_budget from public, anon;
grant execute on function private.set_daily_budget to authenticated, service_role;

-- sql/rpc/reserve_spend.sql
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

-- sql/rpc/settle_spend.sql
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

-- sql/rpc/record_verdict.sql
create function public.record_verdict(
    workspace_id uuid,
    -- {"subject", "model", "prompt_version", "margin", "comparison", "passed", "forced"}
    verdict jsonb
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    insert into public.gate_verdicts (
        workspace_id, subject, model, prompt_version, basis, margin, comparison, passed, forced, created_at
    )
    values (
        record_verdict.workspace_id,
        record_verdict.verdict ->> 'subject',
        record_verdict.verdict ->> 'model',
        record_verdict.verdict ->> 'prompt_version',
        'golden',
        (record_verdict.verdict ->> 'margin')::real,
        record_verdict.verdict -> 'comparison',
        (record_verdict.verdict ->> 'passed')::boolean,
        (record_verdict.verdict ->> 'forced')::boolean,
        clock_timestamp()
    );
$$;
comment on function public.record_verdict is
'Keep what the golden set said of a model with a prompt, or of descriptions. For services only.

The newest verdict of a model with a prompt says whether reserve_spend grants it anything.';
revoke execute on function public.record_verdict from public, anon, authenticated;
grant execute on function public.record_verdict to service_role;

-- sql/rpc/set_daily_budget.sql
create function public.set_daily_budget(
    workspace_id uuid,
    -- US dollars; null: none, so that nothing may be spent
    daily_budget numeric
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_daily_budget(set_daily_budget.workspace_id, set_daily_budget.daily_budget);
$$;
comment on function public.set_daily_budget is
'Say what models may cost the workspace in one day of UTC, at most. For owners.

Jobs that wait are tried again at once. What is reserved already is not taken back.';
revoke execute on function public.set_daily_budget from public, anon;
grant execute on function public.set_daily_budget to authenticated, service_role;

-- sql/views/offline_decisions.sql
create view public.offline_decisions
with (security_invoker = true)
as
select
    categorizations.id,
    categorizations.workspace_id,
    coalesce(categorizations.content_asset_id, categorizations.campaign_id) as target_id,
    case when categorizations.campaign_id is null then 'content' else 'campaign' end as target,
    categorizations.fallback,
    categorizations.label,
    categorizations.created_at as decided_at
from public.categorizations
where
    categorizations.fallback is not null
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = categorizations.workspace_id
            and later.content_asset_id = categorizations.content_asset_id
            and later.field = 'category'
            and later.created_at > categorizations.created_at
    )
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = categorizations.workspace_id
            and later.campaign_id = categorizations.campaign_id
            and later.field = 'category'
            and later.created_at > categorizations.created_at
    );
comment on view public.offline_decisions is
'Content and campaigns that the offline analyst decided because the budget was spent, the model''s provider down,
or the model had not passed the gate, and nobody since: worth asking the model again. queue_content takes their
target_id.';
comment on column public.offline_decisions.fallback is 'budget, provider or gate.';
grant select on public.offline_decisions to authenticated, service_role;

-- sql/views/campaign_costs.sql
create view public.campaign_costs
with (security_invoker = true)
as
select
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name,
    count(decisions.cost) as paid_answers,
    sum(decisions.cost) as labeling_cost
from public.campaigns
inner join (
    select
        categorizations.workspace_id,
        coalesce(content_assets.campaign_id, categorizations.campaign_id) as campaign_id,
        categorizations.cost
    from public.categorizations
    left join public.content_assets
        on
            categorizations.workspace_id = content_assets.workspace_id
            and categorizations.content_asset_id = content_assets.id
    where categorizations.cost is not null
) as decisions
    on
        campaigns.workspace_id = decisions.workspace_id
        and campaigns.id = decisions.campaign_id
group by
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name;
comment on view public.campaign_costs is
'What models cost to label the campaigns and their content, in US dollars. Campaigns that cost nothing are not listed.';
comment on column public.campaign_costs.paid_answers is 'Answers of models that cost money.';
comment on column public.campaign_costs.labeling_cost is 'US dollars.';
grant select on public.campaign_costs to authenticated, service_role;
