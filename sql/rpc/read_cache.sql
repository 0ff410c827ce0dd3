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
