create function private.sum_campaign_cost(campaign_ids uuid[])
    returns void
    language plpgsql
    security definer  -- actual_cost is a machine column
    set search_path = ''
as $$
begin
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform campaigns.id
    from public.campaigns
    where campaigns.id = any(sum_campaign_cost.campaign_ids)
    order by campaigns.id
    for no key update;
    update public.campaigns
    set actual_cost = summed.cost
    from (
        select
            spending.campaign_id,
            sum(spending.cost) as cost
        from (
            select content_assets.campaign_id, coalesce(content_assets.generation_cost, 0) as cost
            from public.content_assets
            where content_assets.campaign_id = any(sum_campaign_cost.campaign_ids)
            union all
            select social_posts.campaign_id, coalesce(social_posts.posting_cost, 0)
            from public.social_posts
            where social_posts.campaign_id = any(sum_campaign_cost.campaign_ids)
            union all
            select unnest(sum_campaign_cost.campaign_ids), 0
        ) as spending
        group by spending.campaign_id
    ) as summed
    where
        campaigns.id = summed.campaign_id
        and campaigns.actual_cost is distinct from summed.cost;
end
$$;
comment on function private.sum_campaign_cost is
'Sets actual_cost of the campaigns to the generation cost of their content and the posting cost of their posts.';
revoke execute on function private.sum_campaign_cost from public, anon, authenticated, service_role;
