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
