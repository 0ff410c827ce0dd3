create function public.content_statistics(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- of one campaign; null: of all content
    campaign_id uuid default null
)
    -- a row a state and source there is
    returns table (
        workspace uuid,
        label_state text,
        -- who decided the category; null: nobody
        category_source text,
        content_count bigint,
        -- of these, whose category a person wrote or confirmed
        confirmed_count bigint
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        content_assets.workspace_id,
        content_assets.label_state,
        content_assets.category_source,
        count(*),
        count(content_assets.confirmed_at)
    from public.content_assets
    where
        (
            content_statistics.workspace_id is null
            or content_assets.workspace_id = content_statistics.workspace_id
        )
        and (
            content_statistics.campaign_id is null
            or content_assets.campaign_id = content_statistics.campaign_id
        )
    group by
        content_assets.workspace_id,
        content_assets.label_state,
        content_assets.category_source;
$$;
comment on function public.content_statistics is
'How far the labeling of all content is, who decided it, and how much of it people confirmed.';
revoke execute on function public.content_statistics from public, anon;
grant execute on function public.content_statistics to authenticated, service_role;
