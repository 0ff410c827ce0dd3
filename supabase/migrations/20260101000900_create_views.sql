-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what people look at: what waits for them, why a label stands, how categories and
--           campaigns are used
-- Touches:  function private.dead_job_error; view public.review_queue, public.content_labels,
--           public.category_usage, public.campaign_overview
-- Mirrors:  sql/functions/dead_job_error.sql, sql/views/review_queue.sql,
--           sql/views/content_labels.sql, sql/views/category_usage.sql,
--           sql/views/campaign_overview.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/dead_job_error.sql
create function private.dead_job_error(content_asset_id uuid)
    returns text
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select jobs.last_error
    from private.jobs
    where
        jobs.kind = 'categorize_content'
        and jobs.target_id = dead_job_error.content_asset_id
        and jobs.state = 'dead'
        and (private.caller_is_service() or jobs.workspace_id in (select private.caller_workspace_ids()));
$$;
comment on function private.dead_job_error is
'Why labeling an asset was given up; null when it was not, or when the caller may not see the asset.';
revoke execute on function private.dead_job_error from public, anon;
grant execute on function private.dead_job_error to authenticated, service_role;

-- sql/views/review_queue.sql
create view public.review_queue
with (security_invoker = true)
as
select
    content_assets.id,
    content_assets.workspace_id,
    content_assets.campaign_id,
    campaigns.name as campaign,
    content_assets.asset_type,
    left(
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        200
    ) as text,
    content_assets.label_state,
    case
        when content_assets.label_state = 'failed' then 'failed'
        when content_assets.category_source = 'human' then 'cleared'
        when
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) is null
            then 'nothing_to_read'
        else 'nobody_sure'
    end as cause,
    case when content_assets.label_state = 'failed' then private.dead_job_error(content_assets.id) end as error,
    coalesce(decisions.label, decisions.candidate) as candidate,
    decisions.source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    case
        when content_assets.label_state = 'failed' then content_assets.updated_at
        else coalesce(decisions.created_at, content_assets.updated_at)
    end as waiting_since
from public.content_assets
left join public.campaigns
    on
        content_assets.workspace_id = campaigns.workspace_id
        and content_assets.campaign_id = campaigns.id
left join lateral (
    select
        categorizations.label,
        categorizations.candidate,
        categorizations.source,
        categorizations.score,
        categorizations.reasons,
        categorizations.model,
        categorizations.created_at
    from public.categorizations
    where
        categorizations.workspace_id = content_assets.workspace_id
        and categorizations.content_asset_id = content_assets.id
        and categorizations.field = 'category'
    order by categorizations.created_at desc, categorizations.id desc
    limit 1
) as decisions on true
where content_assets.label_state in ('review', 'failed');
comment on view public.review_queue is
'Content that waits for a person: what it says, why the machine stopped, and what it thought nearest.

Set content_assets.primary_category (to the candidate, or to what is right) and the row is gone from here.
Oldest first: order by waiting_since.';
comment on column public.review_queue.text is 'Its first 200 characters; null when there is nothing to read.';
comment on column public.review_queue.cause is
'nobody_sure; nothing_to_read; cleared: a person took the category away; failed: its job is dead, see error.';
comment on column public.review_queue.error is
'Of a failed row: the last error of its dead job, which replay_jobs gives a new life.';
comment on column public.review_queue.candidate is
'The category that came nearest, by its name at that time; null when nothing did.';
comment on column public.review_queue.source is
'Who decided the last time; null when nobody was sure.';
comment on column public.review_queue.score is 'Of the candidate, 0..1.';
comment on column public.review_queue.reasons is 'What the last decision was based on: a list of texts.';
comment on column public.review_queue.waiting_since is
'When the last decision left it here; of a failed row, when it was last changed.';
grant select on public.review_queue to authenticated, service_role;

-- sql/views/content_labels.sql
create view public.content_labels
with (security_invoker = true)
as
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'category' as field,
    content_assets.primary_category as label,
    content_assets.category_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from public.content_assets
left join lateral (
    select
        categorizations.score,
        categorizations.reasons,
        categorizations.model,
        categorizations.created_at
    from public.categorizations
    where
        categorizations.workspace_id = content_assets.workspace_id
        and categorizations.content_asset_id = content_assets.id
        and categorizations.field = 'category'
        and categorizations.source = content_assets.category_source
        and categorizations.outcome = 'applied'
    order by categorizations.created_at desc, categorizations.id desc
    limit 1
) as decisions on true
where content_assets.primary_category is not null
union all
select
    links.workspace_id,
    links.content_asset_id,
    'tag' as field,
    tags.name as label,
    links.source,
    links.score,
    case when links.reason is null then '[]'::jsonb else jsonb_build_array(links.reason) end as reasons,
    decisions.model,
    links.updated_at as decided_at
from public.content_asset_tags as links
inner join public.tags
    on
        links.workspace_id = tags.workspace_id
        and links.tag_id = tags.id
left join lateral (
    select categorizations.model
    from public.categorizations
    where
        links.source <> 'human'
        and categorizations.workspace_id = links.workspace_id
        and categorizations.content_asset_id = links.content_asset_id
        and categorizations.field = 'tags'
        and categorizations.source <> 'human'
    order by categorizations.created_at desc, categorizations.id desc
    limit 1
) as decisions on true
where links.state = 'applied'
union all
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'sentiment' as field,
    content_assets.sentiment as label,
    content_assets.sentiment_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from public.content_assets
left join lateral (
    select
        categorizations.score,
        categorizations.reasons,
        categorizations.model,
        categorizations.created_at
    from public.categorizations
    where
        categorizations.workspace_id = content_assets.workspace_id
        and categorizations.content_asset_id = content_assets.id
        and categorizations.field = 'sentiment'
        and categorizations.source = content_assets.sentiment_source
        and categorizations.outcome = 'applied'
    order by categorizations.created_at desc, categorizations.id desc
    limit 1
) as decisions on true
where content_assets.sentiment is not null
union all
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'audience' as field,
    content_assets.target_audience as label,
    content_assets.audience_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from public.content_assets
left join lateral (
    select
        categorizations.score,
        categorizations.reasons,
        categorizations.model,
        categorizations.created_at
    from public.categorizations
    where
        categorizations.workspace_id = content_assets.workspace_id
        and categorizations.content_asset_id = content_assets.id
        and categorizations.field = 'audience'
        and categorizations.source = content_assets.audience_source
        and categorizations.outcome = 'applied'
    order by categorizations.created_at desc, categorizations.id desc
    limit 1
) as decisions on true
where content_assets.target_audience is not null;
comment on view public.content_labels is
'Every label that content carries now, a row a label, with who decided it and why.

What a label replaced, what a person refused and what nobody was sure of is in categorizations and content_asset_tags.';
comment on column public.content_labels.field is 'category, tag, sentiment or audience.';
comment on column public.content_labels.label is
'The name as it is now: of a category, of a tag; a sentiment; of a tag of type audience.';
comment on column public.content_labels.source is 'Who decided: rule, reuse, neighbor, trained, model or human.';
comment on column public.content_labels.score is '0..1; null for a person''s.';
comment on column public.content_labels.reasons is
'A list of texts; null when the decision is not in the history.';
comment on column public.content_labels.model is 'What analyzed the text; null for a person''s.';
grant select on public.content_labels to authenticated, service_role;

-- sql/views/category_usage.sql
create view public.category_usage
with (security_invoker = true)
as
select
    categories.id,
    categories.workspace_id,
    categories.name,
    categories.parent_id,
    parents.name as parent,
    case when parents.name is null then categories.name else parents.name || ' / ' || categories.name end as path,
    count(content_assets.id) filter (where filed.id = categories.id) as content_count,
    count(content_assets.id) as content_count_with_children,
    count(content_assets.confirmed_at) filter (where filed.id = categories.id) as confirmed_count,
    count(content_assets.confirmed_at) as confirmed_count_with_children,
    (
        select count(*)
        from public.campaigns
        where
            campaigns.workspace_id = categories.workspace_id
            and campaigns.primary_category = categories.name
    ) as campaign_count,
    max(content_assets.created_at) filter (where filed.id = categories.id) as last_used_at
from public.categories
left join public.categories as parents
    on
        categories.workspace_id = parents.workspace_id
        and categories.parent_id = parents.id
-- itself and its children
inner join public.categories as filed
    on
        categories.workspace_id = filed.workspace_id
        and categories.id in (filed.id, filed.parent_id)
left join public.content_assets
    on
        filed.workspace_id = content_assets.workspace_id
        and filed.name = content_assets.primary_category
group by
    categories.id,
    categories.workspace_id,
    categories.name,
    categories.parent_id,
    parents.name;
comment on view public.category_usage is
'The categories as a tree of two levels with what is filed under each, and how much of it people confirmed.

In the order of the tree: order by path. One with neither content nor campaigns can be deleted.';
comment on column public.category_usage.path is 'parent / name; the name alone on the first level.';
comment on column public.category_usage.content_count is 'Content filed under this very category.';
comment on column public.category_usage.content_count_with_children is
'Content filed under this category or one below it.';
comment on column public.category_usage.confirmed_count is
'Of content_count, what a person filed or confirmed: what machines learn this category from.';
comment on column public.category_usage.campaign_count is 'Campaigns under this very category.';
comment on column public.category_usage.last_used_at is
'When the newest content filed under this very category was added.';
grant select on public.category_usage to authenticated, service_role;

-- sql/views/campaign_overview.sql
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
