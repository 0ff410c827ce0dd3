create function public.claim_deliveries(
    -- who asks; kept with the lease
    worker text,
    -- deliveries at most; clamped to 1..200
    batch integer default 20,
    -- after that long without an answer the delivery is claimable again; clamped to 1..3600
    lease_seconds integer default 60
)
    returns table (
        delivery_id uuid,
        attempt integer,
        endpoint_id uuid,
        url text,
        event_type text,
        -- what is signed and sent, byte for byte
        body text,
        -- newest first; each signs
        secrets text[]
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    -- endpoints are visited from a random one on, so that none waits for the others
    pivot uuid := gen_random_uuid();
    wanted integer := least(greatest(coalesce(claim_deliveries.batch, 20), 1), 200);
    lease interval := make_interval(secs => least(greatest(coalesce(claim_deliveries.lease_seconds, 60), 1), 3600));
    endpoint_ids uuid[];
begin
    -- One claim at a time for an endpoint, or two would not see each other's leases. First the ids:
    -- a row is locked only once it is chosen.
    with recursive alive as (
        (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            where webhook_deliveries.state in ('waiting', 'leased')
            order by webhook_deliveries.endpoint_id
            limit 1
        )
        union all
        select (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            where
                webhook_deliveries.state in ('waiting', 'leased')
                and webhook_deliveries.endpoint_id > alive.endpoint_id
            order by webhook_deliveries.endpoint_id
            limit 1
        )
        from alive
        where alive.endpoint_id is not null
    ),
    ready as materialized (
        select webhook_endpoints.id
        from alive
        inner join public.webhook_endpoints on alive.endpoint_id = webhook_endpoints.id
        where
            webhook_endpoints.enabled
            and (webhook_endpoints.paused_until is null or webhook_endpoints.paused_until <= moment)
            and exists (
                select
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state in ('waiting', 'leased')
                    and webhook_deliveries.run_at <= moment
            )
            and (
                select count(*)
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state = 'leased'
                    and webhook_deliveries.run_at > moment
            ) < case when webhook_endpoints.failures > 0 then 1 else 4 end
        order by webhook_endpoints.id < pivot, webhook_endpoints.id
        limit wanted
    ),
    locked as (
        select webhook_endpoints.id
        from public.webhook_endpoints
        where webhook_endpoints.id in (select ready.id from ready)
        for no key update skip locked
    )
    select array_agg(locked.id) into endpoint_ids from locked;

    return query
    with room as materialized (
        select
            webhook_endpoints.id,
            webhook_endpoints.url,
            -- a slow endpoint holds no more of the senders than these, a failing one no more than one
            case when webhook_endpoints.failures > 0 then 1 else 4 end - (
                select count(*)
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state = 'leased'
                    and webhook_deliveries.run_at > moment
            ) as free
        from public.webhook_endpoints
        where webhook_endpoints.id = any(endpoint_ids)
    ),
    picked as materialized (
        select due.id
        from room
        cross join lateral (
            select webhook_deliveries.id
            from public.webhook_deliveries
            where
                webhook_deliveries.endpoint_id = room.id
                and webhook_deliveries.state in ('waiting', 'leased')
                and webhook_deliveries.run_at <= moment
            order by webhook_deliveries.run_at
            limit least(
                greatest(room.free, 0), (select ceil(wanted::numeric / greatest(count(*), 1))::bigint from room)
            )
            for update skip locked
        ) as due
        limit wanted
    ),
    claimed as (
        update public.webhook_deliveries
        set
            attempt = webhook_deliveries.attempt + 1,
            -- the last worker never answered
            failures = webhook_deliveries.failures
            + case when webhook_deliveries.state = 'leased' then 1 else 0 end,
            last_error = case
                when webhook_deliveries.state = 'leased'
                    then format('worker %s took the delivery and never answered', webhook_deliveries.leased_by)
                else webhook_deliveries.last_error
            end,
            state = 'leased',
            leased_by = coalesce(claim_deliveries.worker, 'unnamed'),
            run_at = moment + lease,
            updated_at = moment
        from picked
        where webhook_deliveries.id = picked.id
        returning webhook_deliveries.*
    )
    select
        claimed.id,
        claimed.attempt,
        claimed.endpoint_id,
        room.url,
        claimed.event_type,
        claimed.payload::text,
        array(
            select webhook_secrets.secret
            from private.webhook_secrets
            where
                webhook_secrets.endpoint_id = claimed.endpoint_id
                and (webhook_secrets.expires_at is null or webhook_secrets.expires_at > moment)
            order by webhook_secrets.id desc
        )
    from claimed
    inner join room on claimed.endpoint_id = room.id
    order by claimed.created_at, claimed.id;
end
$$;
comment on function public.claim_deliveries is
'Take deliveries to send, under a lease.

Spread over endpoints, at most four at once to each, one while it fails. For workers only.';
revoke execute on function public.claim_deliveries from public, anon, authenticated;
grant execute on function public.claim_deliveries to service_role;
