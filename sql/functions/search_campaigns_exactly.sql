create function private.search_campaigns_exactly(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    workspace_ids uuid[]
)
    -- best match first
    returns setof public.campaigns
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_indexscan = off
as $$
begin
    return query
    select campaigns.*
    from public.campaigns
    where
        campaigns.workspace_id = any(search_campaigns_exactly.workspace_ids)
        and campaigns.embedding is not null
        and (search_campaigns_exactly.model is null or campaigns.embedding_model = search_campaigns_exactly.model)
    order by campaigns.embedding operator(extensions.<=>) search_campaigns_exactly.query_embedding
    limit search_campaigns_exactly.match_count;
end
$$;
comment on function private.search_campaigns_exactly is
'By comparing all of them: fast and complete where the workspaces have few, however many others have.';
revoke execute on function private.search_campaigns_exactly from public, anon;
grant execute on function private.search_campaigns_exactly to authenticated, service_role;
