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
