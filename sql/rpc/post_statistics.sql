create function public.post_statistics(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- of one campaign; null: of all posts
    campaign_id uuid default null
)
    -- a row a platform, in order of their names; sums are null where the network offers no such figure
    returns table (
        workspace uuid,
        platform text,
        post_count bigint,
        scheduled_count bigint,
        posted_count bigint,
        failed_count bigint,
        views bigint,
        likes bigint,
        comments bigint,
        shares bigint,
        clicks bigint,
        -- likes, comments, shares and clicks of posts that have views: what a rate divides by views
        reactions bigint
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        social_posts.workspace_id,
        social_posts.platform,
        count(*),
        count(*) filter (where social_posts.status = 'scheduled'),
        count(*) filter (where social_posts.status = 'posted'),
        count(*) filter (where social_posts.status = 'failed'),
        sum(social_posts.views),
        sum(social_posts.likes),
        sum(social_posts.comments),
        sum(social_posts.shares),
        sum(social_posts.clicks),
        sum(
            coalesce(social_posts.likes, 0)::bigint
            + coalesce(social_posts.comments, 0)
            + coalesce(social_posts.shares, 0)
            + coalesce(social_posts.clicks, 0)
        ) filter (where social_posts.views > 0)::bigint
    from public.social_posts
    where
        (
            post_statistics.workspace_id is null
            or social_posts.workspace_id = post_statistics.workspace_id
        )
        and (
            post_statistics.campaign_id is null
            or social_posts.campaign_id = post_statistics.campaign_id
        )
    group by
        social_posts.workspace_id,
        social_posts.platform
    order by
        social_posts.workspace_id,
        social_posts.platform collate "C";
$$;
comment on function public.post_statistics is
'How posts went, by platform: how many, in which state, and the sums of what the networks count.';
revoke execute on function public.post_statistics from public, anon;
grant execute on function public.post_statistics to authenticated, service_role;
