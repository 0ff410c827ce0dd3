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
