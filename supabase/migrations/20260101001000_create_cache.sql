-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  the slowest tier of the cache, and what all processes with a cache agree about
-- Touches:  function private.cache_signing_key, public.read_cache, public.write_cache,
--           public.lease_cache, public.release_cache, public.invalidate_cache, public.cache_state,
--           public.purge_cache, public.count_cache; view public.cache_statistics
-- Mirrors:  sql/functions/cache_signing_key.sql, sql/rpc/read_cache.sql, sql/rpc/write_cache.sql,
--           sql/rpc/lease_cache.sql, sql/rpc/release_cache.sql, sql/rpc/invalidate_cache.sql,
--           sql/rpc/cache_state.sql, sql/rpc/purge_cache.sql, sql/rpc/count_cache.sql,
--           sql/views/cache_statistics.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/cache_signing_key.sql
create function private.cache_signing_key()
    returns text
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    found_key text;
begin
    select cache_signing_keys.signing_key
    into found_key
    from private.cache_signing_keys
    order by cache_signing_keys.created_at
    limit 1;
    if found_key is null then
        -- one of those who come first; a table lock wants more than the service's grants
        perform pg_advisory_xact_lock(hashtext('campaignbase.cache_signing_key'));
        select cache_signing_keys.signing_key
        into found_key
        from private.cache_signing_keys
        order by cache_signing_keys.created_at
        limit 1;
    end if;
    if found_key is null then
        found_key := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
        insert into private.cache_signing_keys (signing_key)
        values (found_key);
    end if;
    return found_key;
end
$$;
comment on function private.cache_signing_key is
'The key that entries in Redis are signed with; made when it is asked for the first time.';
revoke execute on function private.cache_signing_key from public, anon, authenticated;
grant execute on function private.cache_signing_key to service_role;

-- sql/rpc/read_cache.sql
create function public.read_cache(
    keys text[]
)
    -- those that are there and have not expired
    returns table (
        cache_key text,
        workspace_id uuid,
        cache_type text,
        cache_value jsonb,
        scopes text[],
        -- until it expires
        seconds_left double precision
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        cache_entries.cache_key,
        cache_entries.workspace_id,
        cache_entries.cache_type,
        cache_entries.cache_value,
        cache_entries.scopes,
        extract(epoch from cache_entries.expires_at - clock_timestamp())::double precision
    from public.cache_entries
    where
        cache_entries.cache_key = any(read_cache.keys)
        and cache_entries.expires_at > clock_timestamp();
$$;
comment on function public.read_cache is
'Entries of the cache by their keys, a batch in one call. For services only.';
revoke execute on function public.read_cache from public, anon, authenticated;
grant execute on function public.read_cache to service_role;

-- sql/rpc/write_cache.sql
create function public.write_cache(
    -- [{"cache_key", "workspace_id", "cache_type", "cache_value", "ttl_seconds", "scopes",
    --   "epoch": the one known when its computing began}]
    entries jsonb
)
    -- how many were stored
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    stored integer;
begin
    -- nothing is declared wrong between the look below and the end of this transaction
    lock table private.cache_invalidations in row exclusive mode;
    insert into public.cache_entries as cached (
        cache_key, workspace_id, cache_value, cache_type, scopes, ttl_seconds, created_at, expires_at, last_accessed
    )
    select
        entry.cache_key,
        entry.workspace_id,
        entry.cache_value,
        entry.cache_type,
        entry.scopes,
        entry.ttl_seconds,
        clock_timestamp(),
        clock_timestamp() + make_interval(secs => entry.ttl_seconds),
        clock_timestamp()
    from jsonb_to_recordset(write_cache.entries) as entry (
        cache_key text,
        workspace_id uuid,
        cache_value jsonb,
        cache_type text,
        scopes text[],
        ttl_seconds integer,
        epoch bigint
    )
    -- the workspace may be gone
    inner join public.workspaces on entry.workspace_id = workspaces.id
    where
        not exists (
            select
            from private.cache_invalidations
            where
                cache_invalidations.scope = any(entry.scopes)
                and cache_invalidations.epoch > entry.epoch
        )
    -- in one order for everybody
    order by entry.cache_key
    on conflict on constraint cache_entries_pkey do update
    set
        cache_value = excluded.cache_value,
        cache_type = excluded.cache_type,
        scopes = excluded.scopes,
        ttl_seconds = excluded.ttl_seconds,
        created_at = excluded.created_at,
        expires_at = excluded.expires_at
    -- a key is one workspace's
    where cached.workspace_id = excluded.workspace_id;
    get diagnostics stored = row_count;
    delete from private.cache_leases
    using jsonb_to_recordset(write_cache.entries) as entry (cache_key text)
    where cache_leases.cache_key = entry.cache_key;
    return stored;
end
$$;
comment on function public.write_cache is
'Store entries of the cache, a batch in one call, and end their leases.

What was declared wrong after its computing began is not stored. For services only.';
revoke execute on function public.write_cache from public, anon, authenticated;
grant execute on function public.write_cache to service_role;

-- sql/rpc/lease_cache.sql
create function public.lease_cache(
    keys text[],
    owner text,
    lease_seconds integer
)
    -- the keys that are the owner's to compute now
    returns text[]
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    with leased as (
        insert into private.cache_leases (cache_key, owner, leased_until)
        select
            wanted.cache_key,
            lease_cache.owner,
            clock_timestamp() + make_interval(secs => lease_cache.lease_seconds)
        from unnest(lease_cache.keys) as wanted (cache_key)
        group by wanted.cache_key
        -- in one order for everybody
        order by wanted.cache_key
        on conflict on constraint cache_leases_pkey do update
        set
            owner = excluded.owner,
            leased_until = excluded.leased_until
        where cache_leases.leased_until <= clock_timestamp()
        returning cache_leases.cache_key
    )
    select coalesce(array_agg(leased.cache_key), '{}')
    from leased;
$$;
comment on function public.lease_cache is
'Take the right to compute what the cache does not have; of each key one owner holds it, until it ends.

For services only.';
revoke execute on function public.lease_cache from public, anon, authenticated;
grant execute on function public.lease_cache to service_role;

-- sql/rpc/release_cache.sql
create function public.release_cache(
    keys text[],
    owner text
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    delete from private.cache_leases
    where
        cache_leases.cache_key = any(release_cache.keys)
        and cache_leases.owner = release_cache.owner;
$$;
comment on function public.release_cache is
'Give up the right to compute: it failed, and somebody else may try. For services only.';
revoke execute on function public.release_cache from public, anon, authenticated;
grant execute on function public.release_cache to service_role;

-- sql/rpc/invalidate_cache.sql
create function public.invalidate_cache(
    -- "*", "kind:<kind>", "workspace:<id>", "workspace:<id>:kind:<kind>", "asset:<id>", "campaign:<id>", "key:<key>"
    scopes text[]
)
    -- the epoch that begins
    returns bigint
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    next_epoch bigint;
begin
    -- after every write_cache that is under way, before every one that comes
    lock table private.cache_invalidations in share row exclusive mode;
    select coalesce(max(cache_invalidations.epoch), 0) + 1
    into next_epoch
    from private.cache_invalidations;
    insert into private.cache_invalidations (scope, epoch, invalidated_at)
    select
        wanted.scope,
        next_epoch,
        clock_timestamp()
    from unnest(invalidate_cache.scopes) as wanted (scope)
    group by wanted.scope
    on conflict on constraint cache_invalidations_pkey do update
    set
        epoch = excluded.epoch,
        invalidated_at = excluded.invalidated_at;
    delete from public.cache_entries
    where cache_entries.scopes && invalidate_cache.scopes;
    return next_epoch;
end
$$;
comment on function public.invalidate_cache is
'Declare a part of the cache wrong, everywhere: entries of these scopes are removed, and none that is being computed is stored.

For services only.';
revoke execute on function public.invalidate_cache from public, anon, authenticated;
grant execute on function public.invalidate_cache to service_role;

-- sql/rpc/cache_state.sql
create function public.cache_state(
    -- an epoch that the caller knows; 0: none
    since bigint default 0
)
    -- {"epoch": 3, "signing_key": "...", "scopes": {"asset:...": 3}}: the scopes declared wrong since then
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'epoch', coalesce(max(cache_invalidations.epoch), 0),
            'signing_key', private.cache_signing_key(),
            'scopes', coalesce(
                jsonb_object_agg(cache_invalidations.scope, cache_invalidations.epoch)
                filter (where cache_invalidations.epoch > cache_state.since),
                '{}'
            )
        )
    from private.cache_invalidations;
$$;
comment on function public.cache_state is
'What a process with a cache must know: which parts were declared wrong, and what entries in Redis are signed with.

For services only.';
revoke execute on function public.cache_state from public, anon, authenticated;
grant execute on function public.cache_state to service_role;

-- sql/rpc/purge_cache.sql
create function public.purge_cache(
    -- at most so many rows of each table
    batch integer default 1000
)
    -- how many entries are gone, or remembered requests where those are more
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    purged integer;
    forgotten integer;
begin
    delete from public.cache_entries
    where
        cache_entries.cache_key in (
            select expired.cache_key
            from public.cache_entries as expired
            where expired.expires_at <= clock_timestamp()
            limit purge_cache.batch
            for update skip locked
        );
    get diagnostics purged = row_count;
    delete from private.idempotency_keys
    where
        idempotency_keys.request_key in (
            select old.request_key
            from private.idempotency_keys as old
            where old.created_at <= clock_timestamp() - interval '24 hours'
            limit purge_cache.batch
            for update skip locked
        );
    get diagnostics forgotten = row_count;
    delete from private.cache_leases
    where
        cache_leases.cache_key in (
            select expired.cache_key
            from private.cache_leases as expired
            where expired.leased_until <= clock_timestamp()
            limit purge_cache.batch
            for update skip locked
        );
    -- no entry lives for two days; the newest keeps the count
    delete from private.cache_invalidations
    where
        cache_invalidations.scope in (
            select old.scope
            from private.cache_invalidations as old
            where
                old.invalidated_at < clock_timestamp() - interval '2 days'
                and old.epoch < (select max(newest.epoch) from private.cache_invalidations as newest)
            limit purge_cache.batch
            for update skip locked
        );
    delete from private.cache_counters
    where cache_counters.day < (now() at time zone 'UTC')::date - 400;
    return greatest(purged, forgotten);
end
$$;
comment on function public.purge_cache is
'Remove what has expired, in small bites that nobody waits for: call it until it returns 0. For services only.';
revoke execute on function public.purge_cache from public, anon, authenticated;
grant execute on function public.purge_cache to service_role;

-- sql/rpc/count_cache.sql
create function public.count_cache(
    -- [{"cache_type", "tier", "hits", "misses", "computes", "errors", "bytes_read", "bytes_written",
    --   "saved_seconds", "saved_cost"}]
    counters jsonb,
    -- {"<key>": how often it was read}
    reads jsonb default '{}'
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
begin
    insert into private.cache_counters as counted (
        day, cache_type, tier, hits, misses, computes, errors, bytes_read, bytes_written, saved_seconds, saved_cost
    )
    select
        (now() at time zone 'UTC')::date,
        counter.cache_type,
        counter.tier,
        sum(counter.hits),
        sum(counter.misses),
        sum(counter.computes),
        sum(counter.errors),
        sum(counter.bytes_read),
        sum(counter.bytes_written),
        sum(counter.saved_seconds),
        sum(counter.saved_cost)
    from jsonb_to_recordset(count_cache.counters) as counter (
        cache_type text,
        tier text,
        hits bigint,
        misses bigint,
        computes bigint,
        errors bigint,
        bytes_read bigint,
        bytes_written bigint,
        saved_seconds double precision,
        saved_cost numeric
    )
    group by
        counter.cache_type,
        counter.tier
    -- in one order for everybody
    order by
        counter.cache_type,
        counter.tier
    on conflict on constraint cache_counters_pkey do update
    set
        hits = counted.hits + excluded.hits,
        misses = counted.misses + excluded.misses,
        computes = counted.computes + excluded.computes,
        errors = counted.errors + excluded.errors,
        bytes_read = counted.bytes_read + excluded.bytes_read,
        bytes_written = counted.bytes_written + excluded.bytes_written,
        saved_seconds = counted.saved_seconds + excluded.saved_seconds,
        saved_cost = counted.saved_cost + excluded.saved_cost;
    update public.cache_entries
    set
        access_count = cache_entries.access_count + touched.times,
        last_accessed = clock_timestamp()
    from (
        select
            locked.cache_key,
            (count_cache.reads ->> locked.cache_key)::bigint as times
        from public.cache_entries as locked
        where locked.cache_key in (select jsonb_object_keys(count_cache.reads))
        order by locked.cache_key
        for no key update
    ) as touched
    where cache_entries.cache_key = touched.cache_key;
end
$$;
comment on function public.count_cache is
'Add what a process counted since it last did: hits, misses and savings, and reads of single entries. For services only.';
revoke execute on function public.count_cache from public, anon, authenticated;
grant execute on function public.count_cache to service_role;

-- sql/views/cache_statistics.sql
create view public.cache_statistics
with (security_invoker = true)
as
select
    cache_counters.cache_type,
    cache_counters.tier,
    sum(cache_counters.hits) as hits,
    sum(cache_counters.misses) as misses,
    round(sum(cache_counters.hits) / nullif(sum(cache_counters.hits) + sum(cache_counters.misses), 0), 4) as hit_rate,
    sum(cache_counters.computes) as computes,
    sum(cache_counters.errors) as errors,
    sum(cache_counters.bytes_read) as bytes_read,
    sum(cache_counters.bytes_written) as bytes_written,
    sum(cache_counters.saved_seconds) as saved_seconds,
    sum(cache_counters.saved_cost) as saved_cost,
    min(cache_counters.day) as first_day
from private.cache_counters
group by
    cache_counters.cache_type,
    cache_counters.tier;
comment on view public.cache_statistics is
'What the cache was asked and what it saved, by kind and tier, of all workspaces together. For services only.';
comment on column public.cache_statistics.hit_rate is '0..1; null where nothing was asked.';
comment on column public.cache_statistics.saved_cost is 'US dollars that hits did not cost again.';
grant select on public.cache_statistics to service_role;
