create function private.few_content(
    -- null: everybody's
    workspace_ids uuid[]
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- walking the index to ten rows of theirs costs about 10 x all / theirs, comparing all of theirs costs those;
    -- a step of the walk is half the price of a comparison
    select count(*) < enough.rows
    from (
        select
            -- and a walk that is asked for a hundred of little more than that misses some
            greatest(ceil(sqrt(5 * greatest(pg_class.reltuples, 1000))), 300)::bigint as rows
        from pg_catalog.pg_class
        where pg_class.oid = 'public.idx_content_assets_embedding'::regclass
    ) as enough
    cross join lateral (
        (
            select
            from public.content_assets
            where content_assets.workspace_id = any(few_content.workspace_ids)
            limit enough.rows
        )
        union all
        (
            select
            from public.content_assets
            where few_content.workspace_ids is null
            limit enough.rows
        )
    ) as found
    group by enough.rows;
$$;
comment on function private.few_content is
'Whether workspaces, or all of them, have so little content that comparing all of it finds the nearest sooner than the vector index.';
revoke execute on function private.few_content from public, anon;
grant execute on function private.few_content to authenticated, service_role;
