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
