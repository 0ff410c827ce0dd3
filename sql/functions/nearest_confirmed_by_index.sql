create function private.nearest_confirmed_by_index(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    -- unit length
    embedding extensions.vector
)
    -- ids of the ten nearest assets whose category a person confirmed
    returns setof uuid
    rows 10  -- else a thousand are expected, and every category is read for them
    language plpgsql
    stable
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_sort = off
as $$
begin
    return query
    select content_assets.id
    from public.content_assets
    where
        content_assets.workspace_id = nearest_confirmed_by_index.workspace_id
        and content_assets.id <> nearest_confirmed_by_index.target_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        and content_assets.primary_category is not null
        and content_assets.embedding is not null
    order by content_assets.embedding operator(extensions.<=>) nearest_confirmed_by_index.embedding
    limit 10;
end
$$;
comment on function private.nearest_confirmed_by_index is
'Through the vector index: fast where the workspace has a good share of all confirmed rows.';
revoke execute on function private.nearest_confirmed_by_index from public, anon, authenticated;
grant execute on function private.nearest_confirmed_by_index to service_role;
