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
as $$
#variable_conflict use_column
begin
    perform private.check_query_embedding(semantic_search_content.query_embedding);
    -- keep walking the index until enough rows of the caller were found
    perform set_config('hnsw.iterative_scan', 'strict_order', true);
    return query
    select
        content_assets.id,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        content_assets.primary_category,
        content_assets.tags,
        1 - (content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding)
    from public.content_assets
    where
        content_assets.embedding is not null
        and (
            semantic_search_content.model is null
            or content_assets.embedding_model = semantic_search_content.model
        )
        and (
            semantic_search_content.workspace_id is null
            or content_assets.workspace_id = semantic_search_content.workspace_id
        )
    order by content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding
    limit least(greatest(coalesce(semantic_search_content.match_count, 10), 1), 100);
end
$$;
comment on function public.semantic_search_content is
'Find content by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces; content is the text that was embedded.';
revoke execute on function public.semantic_search_content from public, anon;
grant execute on function public.semantic_search_content to authenticated, service_role;
