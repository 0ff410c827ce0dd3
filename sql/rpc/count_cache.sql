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
