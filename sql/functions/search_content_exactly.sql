create function private.search_content_exactly(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    workspace_ids uuid[],
    category text default null,
    tag text default null,
    campaign_id uuid default null,
    sentiment text default null,
    language text default null
)
    -- best match first
    returns setof public.content_assets
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_indexscan = off
as $$
begin
    return query
    select content_assets.*
    from public.content_assets
    where
        content_assets.workspace_id = any(search_content_exactly.workspace_ids)
        and content_assets.embedding is not null
        and (search_content_exactly.model is null or content_assets.embedding_model = search_content_exactly.model)
        and (
            search_content_exactly.category is null
            or content_assets.primary_category = search_content_exactly.category
        )
        and (search_content_exactly.tag is null or content_assets.tags @> array[search_content_exactly.tag])
        and (
            search_content_exactly.campaign_id is null
            or content_assets.campaign_id = search_content_exactly.campaign_id
        )
        and (search_content_exactly.sentiment is null or content_assets.sentiment = search_content_exactly.sentiment)
        and (search_content_exactly.language is null or content_assets.language = search_content_exactly.language)
    order by content_assets.embedding operator(extensions.<=>) search_content_exactly.query_embedding
    limit search_content_exactly.match_count;
end
$$;
comment on function private.search_content_exactly is
'By comparing all of them: fast and complete where the workspaces have few, however many others have.';
revoke execute on function private.search_content_exactly from public, anon;
grant execute on function private.search_content_exactly to authenticated, service_role;
