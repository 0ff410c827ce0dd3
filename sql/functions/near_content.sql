create function private.near_content(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    -- null: everybody's
    workspace_ids uuid[],
    category text,
    tag text,
    campaign_id uuid,
    sentiment text,
    language text
)
    -- best match first
    returns table (id uuid, similarity double precision)
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and would compare all rows
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    among uuid[] := near_content.workspace_ids;
    few boolean := coalesce(private.few_content(among), true);
begin
    if
        among is not null
        and not few
        and num_nonnulls(
            near_content.category, near_content.tag, near_content.campaign_id, near_content.sentiment,
            near_content.language
        ) > 0
    then
        -- the index would be walked in vain where a filter leaves little
        select count(*) < 2000 into few
        from (
            select
            from public.content_assets
            where
                content_assets.workspace_id = any(among)
                and (near_content.category is null or content_assets.primary_category = near_content.category)
                and (near_content.tag is null or content_assets.tags @> array[near_content.tag])
                and (near_content.campaign_id is null or content_assets.campaign_id = near_content.campaign_id)
                and (near_content.sentiment is null or content_assets.sentiment = near_content.sentiment)
                and (near_content.language is null or content_assets.language = near_content.language)
            limit 2000
        ) as found;
    end if;
    if few then
        among := coalesce(among, array(select distinct content_assets.workspace_id from public.content_assets));
        return query
        select
            found.id,
            1 - (found.embedding operator(extensions.<=>) near_content.query_embedding)
        from private.search_content_exactly(
            near_content.query_embedding,
            near_content.match_count,
            near_content.model,
            among,
            near_content.category,
            near_content.tag,
            near_content.campaign_id,
            near_content.sentiment,
            near_content.language
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_content_assets_embedding'::regclass);
    return query
    select
        content_assets.id,
        1 - (content_assets.embedding operator(extensions.<=>) near_content.query_embedding)
    from public.content_assets
    where
        content_assets.embedding is not null
        and (near_content.model is null or content_assets.embedding_model = near_content.model)
        -- not an equality: the planner would compare all of the workspace
        and (among is null or array_position(among, content_assets.workspace_id) is not null)
        and (near_content.category is null or content_assets.primary_category = near_content.category)
        and (near_content.tag is null or content_assets.tags @> array[near_content.tag])
        and (near_content.campaign_id is null or content_assets.campaign_id = near_content.campaign_id)
        and (near_content.sentiment is null or content_assets.sentiment = near_content.sentiment)
        and (near_content.language is null or content_assets.language = near_content.language)
    order by content_assets.embedding operator(extensions.<=>) near_content.query_embedding
    limit near_content.match_count;
end
$$;
comment on function private.near_content is
'Content nearest to a vector that passes the filters: compared one by one where that is little, else by the index.';
revoke execute on function private.near_content from public, anon;
grant execute on function private.near_content to authenticated, service_role;
