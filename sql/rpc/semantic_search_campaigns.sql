create function public.semantic_search_campaigns(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 10,
    -- only rows embedded by it; null: each workspace's own
    model text default null,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        name text,
        campaign_type text,
        status text,
        primary_category text,
        -- cosine, -1..1
        similarity double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform private.check_query_embedding(semantic_search_campaigns.query_embedding);
    -- keep walking the index until enough rows of the caller were found
    perform set_config('hnsw.iterative_scan', 'strict_order', true);
    return query
    select
        campaigns.id,
        campaigns.name,
        campaigns.campaign_type,
        campaigns.status,
        campaigns.primary_category,
        1 - (campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding)
    from public.campaigns
    where
        campaigns.embedding is not null
        and (
            semantic_search_campaigns.model is null
            or campaigns.embedding_model = semantic_search_campaigns.model
        )
        and (
            semantic_search_campaigns.workspace_id is null
            or campaigns.workspace_id = semantic_search_campaigns.workspace_id
        )
    order by campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding
    limit least(greatest(coalesce(semantic_search_campaigns.match_count, 10), 1), 100);
end
$$;
comment on function public.semantic_search_campaigns is
'Find campaigns by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces.';
revoke execute on function public.semantic_search_campaigns from public, anon;
grant execute on function public.semantic_search_campaigns to authenticated, service_role;
