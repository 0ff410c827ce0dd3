create function public.match_tags(
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
        tag_type text,
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
    perform private.check_query_embedding(match_tags.query_embedding);
    return query
    select
        tags.id,
        tags.name,
        tags.tag_type,
        tags.description,
        1 - (tags.embedding operator(extensions.<=>) match_tags.query_embedding)
    from public.tags
    where
        tags.embedding is not null
        and (match_tags.workspace_id is null or tags.workspace_id = match_tags.workspace_id)
    order by tags.embedding operator(extensions.<=>) match_tags.query_embedding
    limit least(greatest(coalesce(match_tags.match_count, 12), 1), 100);
end
$$;
comment on function public.match_tags is
'Find the tags nearest to a text.

Exact cosine similarity of the query embedding to name, description and keywords.';
revoke execute on function public.match_tags from public, anon;
grant execute on function public.match_tags to authenticated, service_role;
