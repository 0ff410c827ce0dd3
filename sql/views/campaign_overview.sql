create view public.campaign_overview
with (security_invoker = true)
as
select
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name,
    campaigns.campaign_type,
    campaigns.status,
    campaigns.start_date,
    campaigns.end_date,
    campaigns.primary_category,
    campaigns.category_source,
    campaigns.label_state,
    coalesce(content.total, 0) as content_count,
    coalesce(content.queued, 0) as content_queued,
    coalesce(content.labeled, 0) as content_labeled,
    coalesce(content.review, 0) as content_review,
    coalesce(content.failed, 0) as content_failed,
    coalesce(posts.scheduled, 0) as posts_scheduled,
    coalesce(posts.posted, 0) as posts_posted,
    coalesce(posts.failed, 0) as posts_failed,
    coalesce(posts.deleted, 0) as posts_deleted,
    posts.next_post_at,
    posts.last_post_at,
    campaigns.estimated_cost,
    campaigns.actual_cost,
    coalesce(content.cost, 0) as generation_cost,
    coalesce(posts.cost, 0) as posting_cost,
    campaigns.created_at
from public.campaigns
left join (
    select
        content_assets.workspace_id,
        content_assets.campaign_id,
        count(*) as total,
        count(*) filter (where content_assets.label_state = 'queued') as queued,
        count(*) filter (where content_assets.label_state = 'labeled') as labeled,
        count(*) filter (where content_assets.label_state = 'review') as review,
        count(*) filter (where content_assets.label_state = 'failed') as failed,
        sum(content_assets.generation_cost) as cost
    from public.content_assets
    where content_assets.campaign_id is not null
    group by content_assets.workspace_id, content_assets.campaign_id
) as content
    on
        campaigns.workspace_id = content.workspace_id
        and campaigns.id = content.campaign_id
left join (
    select
        social_posts.workspace_id,
        social_posts.campaign_id,
        count(*) filter (where social_posts.status = 'scheduled') as scheduled,
        count(*) filter (where social_posts.status = 'posted') as posted,
        count(*) filter (where social_posts.status = 'failed') as failed,
        count(*) filter (where social_posts.status = 'deleted') as deleted,
        min(social_posts.scheduled_time) filter (where social_posts.status = 'scheduled') as next_post_at,
        max(social_posts.posted_time) as last_post_at,
        sum(social_posts.posting_cost) as cost
    from public.social_posts
    where social_posts.campaign_id is not null
    group by social_posts.workspace_id, social_posts.campaign_id
) as posts
    on
        campaigns.workspace_id = posts.workspace_id
        and campaigns.id = posts.campaign_id;
comment on view public.campaign_overview is
'A campaign a row: how far its content is labeled, where its posts stand, what it cost.';
comment on column public.campaign_overview.label_state is
'Of the campaign itself; its content is counted by label_state in content_queued and the following.';
comment on column public.campaign_overview.next_post_at is
'The earliest time of a post still scheduled; in the past, it is overdue.';
comment on column public.campaign_overview.last_post_at is 'When something was last posted.';
comment on column public.campaign_overview.actual_cost is 'generation_cost and posting_cost together.';
comment on column public.campaign_overview.generation_cost is 'Of its content, as far as known.';
comment on column public.campaign_overview.posting_cost is 'Of its posts, as far as known.';
grant select on public.campaign_overview to authenticated, service_role;
