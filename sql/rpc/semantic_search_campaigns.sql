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
    -- the planner takes a comparison of 1536 numbers for one operation, and would compare all rows
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    wanted integer := least(greatest(coalesce(semantic_search_campaigns.match_count, 10), 1), 100);
    -- null: everybody's
    among uuid[] := case
        when semantic_search_campaigns.workspace_id is not null then array[semantic_search_campaigns.workspace_id]
        when row_security_active('public.campaigns') then array(select private.caller_workspace_ids())
    end;
begin
    perform private.check_query_embedding(semantic_search_campaigns.query_embedding);
    if coalesce(private.few_campaigns(among), true) then
        among := coalesce(among, array(select distinct campaigns.workspace_id from public.campaigns));
        return query
        select
            found.id,
            found.name,
            found.campaign_type,
            found.status,
            found.primary_category,
            1 - (found.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding)
        from private.search_campaigns_exactly(
            semantic_search_campaigns.query_embedding, wanted, semantic_search_campaigns.model, among
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_campaigns_embedding'::regclass);
    return query
    select
        found.id,
        found.name,
        found.campaign_type,
        found.status,
        found.primary_category,
        1 - found.distance
    from (
        select
            campaigns.id,
            campaigns.name,
            campaigns.campaign_type,
            campaigns.status,
            campaigns.primary_category,
            campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding as distance
        from public.campaigns
        where
            campaigns.embedding is not null
            and (
                semantic_search_campaigns.model is null
                or campaigns.embedding_model = semantic_search_campaigns.model
            )
            -- not an equality, for the planner
            and (among is null or array_position(among, campaigns.workspace_id) is not null)
        order by campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding
        limit wanted
    ) as found
    order by found.distance;
end
$$;
comment on function public.semantic_search_campaigns is
'Find campaigns by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces.';
revoke execute on function public.semantic_search_campaigns from public, anon;
grant execute on function public.semantic_search_campaigns to authenticated, service_role;
