create function public.match_categories(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 12,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        name text,
        description text,
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
    perform private.check_query_embedding(match_categories.query_embedding);
    return query
    select
        categories.id,
        categories.name,
        categories.description,
        1 - (categories.embedding operator(extensions.<=>) match_categories.query_embedding)
    from public.categories
    where
        categories.embedding is not null
        and (match_categories.workspace_id is null or categories.workspace_id = match_categories.workspace_id)
    order by categories.embedding operator(extensions.<=>) match_categories.query_embedding
    limit least(greatest(coalesce(match_categories.match_count, 12), 1), 100);
end
$$;
comment on function public.match_categories is
'Find the categories nearest to a text.

Exact cosine similarity of the query embedding to name, description and keywords.';
revoke execute on function public.match_categories from public, anon;
grant execute on function public.match_categories to authenticated, service_role;
