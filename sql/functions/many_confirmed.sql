create function private.many_confirmed(workspace_id uuid)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- walking the index to ten rows of a workspace costs about 10 x all / its own, comparing all its own costs those
    select count(*) >= enough.rows
    from (
        select ceil(sqrt(10 * greatest(pg_class.reltuples, 100)))::bigint as rows
        from pg_catalog.pg_class
        where pg_class.oid = 'public.idx_content_assets_confirmed_embedding'::regclass
    ) as enough
    cross join lateral (
        select
        from public.content_assets
        where
            content_assets.workspace_id = many_confirmed.workspace_id
            and content_assets.confirmed_at is not null
            and not content_assets.golden
            and content_assets.primary_category is not null
        limit enough.rows
    ) as found
    group by enough.rows;
$$;
comment on function private.many_confirmed is
'Whether a workspace has so many confirmed rows that the vector index finds the nearest sooner than comparing all of them.';
revoke execute on function private.many_confirmed from public, anon, authenticated;
grant execute on function private.many_confirmed to service_role;
