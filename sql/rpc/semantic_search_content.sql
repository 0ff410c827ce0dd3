create function public.semantic_search_content(
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
        content text,
        primary_category text,
        tags text[],
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
    wanted integer := least(greatest(coalesce(semantic_search_content.match_count, 10), 1), 100);
    -- null: everybody's
    among uuid[] := case
        when semantic_search_content.workspace_id is not null then array[semantic_search_content.workspace_id]
        when row_security_active('public.content_assets') then array(select private.caller_workspace_ids())
    end;
begin
    perform private.check_query_embedding(semantic_search_content.query_embedding);
    if coalesce(private.few_content(among), true) then
        among := coalesce(among, array(select distinct content_assets.workspace_id from public.content_assets));
        return query
        select
            found.id,
            private.asset_text(found.content, found.prompt, found.alt_text, found.file_path),
            found.primary_category,
            found.tags,
            1 - (found.embedding operator(extensions.<=>) semantic_search_content.query_embedding)
        from private.search_content_exactly(
            semantic_search_content.query_embedding, wanted, semantic_search_content.model, among
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_content_assets_embedding'::regclass);
    return query
    select
        found.id,
        private.asset_text(found.content, found.prompt, found.alt_text, found.file_path),
        found.primary_category,
        found.tags,
        1 - found.distance
    from (
        select
            content_assets.id,
            content_assets.content,
            content_assets.prompt,
            content_assets.alt_text,
            content_assets.file_path,
            content_assets.primary_category,
            content_assets.tags,
            content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding as distance
        from public.content_assets
        where
            content_assets.embedding is not null
            and (
                semantic_search_content.model is null
                or content_assets.embedding_model = semantic_search_content.model
            )
            -- not an equality: the planner takes a comparison of 1536 numbers for one operation, and would compare
            -- all of the workspace
            and (among is null or array_position(among, content_assets.workspace_id) is not null)
        order by content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding
        limit wanted
    ) as found
    order by found.distance;
end
$$;
comment on function public.semantic_search_content is
'Find content by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces; content is the text that was embedded.';
revoke execute on function public.semantic_search_content from public, anon;
grant execute on function public.semantic_search_content to authenticated, service_role;
