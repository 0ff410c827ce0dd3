create function private.nearest_confirmed_exactly(
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
    set enable_indexscan = off
as $$
begin
    return query
    select content_assets.id
    from public.content_assets
    where
        content_assets.workspace_id = nearest_confirmed_exactly.workspace_id
        and content_assets.id <> nearest_confirmed_exactly.target_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        and content_assets.primary_category is not null
        and content_assets.embedding is not null
    order by content_assets.embedding operator(extensions.<=>) nearest_confirmed_exactly.embedding
    limit 10;
end
$$;
comment on function private.nearest_confirmed_exactly is
'By comparing all of them: fast where the workspace has few, however many others have.';
revoke execute on function private.nearest_confirmed_exactly from public, anon, authenticated;
grant execute on function private.nearest_confirmed_exactly to service_role;
