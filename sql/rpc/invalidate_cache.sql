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
