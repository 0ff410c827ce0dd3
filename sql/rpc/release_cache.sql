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
