-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what people look at: what waits for them, why a label stands, how categories and
--           campaigns are used
-- Touches:  function private.dead_job_error, public.judged_content, public.rule_results,
--           private.sample_audit, public.sample_audit, public.measured_labels; view
--           public.review_queue, public.corrections, public.content_labels, public.approval_queue,
--           public.approved_posts, public.category_usage, public.campaign_overview,
--           public.label_accuracy, public.label_confusion, public.label_calibration,
--           public.audit_queue
-- Mirrors:  sql/functions/dead_job_error.sql, sql/views/review_queue.sql,
--           sql/views/corrections.sql, sql/views/content_labels.sql, sql/rpc/judged_content.sql,
--           sql/rpc/rule_results.sql, sql/views/approval_queue.sql, sql/views/approved_posts.sql,
--           sql/views/category_usage.sql, sql/views/campaign_overview.sql,
--           sql/views/label_accuracy.sql, sql/views/label_confusion.sql,
--           sql/views/label_calibration.sql, sql/views/audit_queue.sql,
--           sql/functions/sample_audit.sql, sql/rpc/sample_audit.sql, sql/rpc/measured_labels.sql
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

-- sql/views/corrections.sql
create view public.corrections
with (security_invoker = true)
as
select
    word.id,
    said.workspace_id,
    said.content_asset_id,
    said.campaign_id,
    said.field,
    case
        when judged.outcome = 'abstained' and word.label is not null then 'decided'
        when judged.outcome = 'abstained' then 'left_empty'
        when word.label is null then 'cleared'
        when word.label = said.previous_label then 'confirmed'
        else 'corrected'
    end as kind,
    word.label,
    said.previous_label as machine_label,
    judged.candidate as machine_candidate,
    judged.labels as machine_labels,
    judged.source,
    judged.score,
    judged.rule_id,
    judged.head_version,
    judged.model,
    judged.prompt_version,
    judged.vocabulary_version,
    judged.embedding_model,
    judged.id as machine_decision_id,
    judged.created_at as machine_decided_at,
    word.reasons,
    word.decided_by,
    word.created_at
from public.categorizations as said
inner join public.categorizations as judged
    on
        said.workspace_id = judged.workspace_id
        and said.judged_id = judged.id
-- what people say in the end, so that a slip that was taken back counts for nothing
inner join public.categorizations as word
    on
        word.id = (
            select last.id
            from public.categorizations as last
            where
                last.workspace_id = said.workspace_id
                and (last.content_asset_id = said.content_asset_id or last.campaign_id = said.campaign_id)
                and last.field = said.field
                and last.source = 'human'
                and last.created_at >= said.created_at
                -- once a machine has read the row again, it may be about another text
                and not exists (
                    select 1
                    from public.categorizations as again
                    where
                        again.workspace_id = said.workspace_id
                        and (
                            again.content_asset_id = said.content_asset_id
                            or again.campaign_id = said.campaign_id
                        )
                        and again.field = 'category'
                        and coalesce(again.source, '') <> 'human'
                        and again.created_at > said.created_at
                        and again.created_at < last.created_at
                )
            order by last.created_at desc, last.id desc
            limit 1
        );
comment on view public.corrections is
'What people said of machine answers, from whatever door: their label beside the machine''s, who decided it and how.

A row an answer of a machine that people judged. Who changes her mind has her last word here, until a machine reads the
row again.';
comment on column public.corrections.kind is
'confirmed: the machine was right; corrected: it was not; cleared: there should be none; decided: nobody had been
sure; left_empty: rightly so. Of tags corrected means that some were added or removed.';
comment on column public.corrections.label is 'What the person said; of tags their names.';
comment on column public.corrections.machine_label is 'What stood there, by its name when it was corrected.';
comment on column public.corrections.machine_candidate is 'What came nearest where no machine was sure.';
comment on column public.corrections.machine_labels is
'Of tags: [{id, name, source, score, reason, rule_id}], as the machine chose them.';
comment on column public.corrections.source is
'Which machine: rule, reuse, neighbor, trained or model; null: nobody was sure. Of tags, of the first one.';
comment on column public.corrections.rule_id is 'Which rule; it may be gone.';
comment on column public.corrections.head_version is 'Which version of the trained head.';
comment on column public.corrections.decided_by is
'Which user; null: a program with the service role, or a file of one user.';
grant select on public.corrections to authenticated, service_role;

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

-- sql/rpc/judged_content.sql
create function public.judged_content(
    workspace_id uuid,
    -- of a rule: rows it hits are answered too; null: none
    conditions jsonb default null,
    -- read on after this id; null: from the first
    after uuid default null,
    -- rows to read at once; values outside 1..1000 are clamped
    chunk integer default 500,
    -- content of this campaign alone; null: all
    campaign_id uuid default null
)
    -- {"read": rows that were looked at, "after": the last id, null when there are no more, "rows": those that the
    -- conditions hold for or a person has judged: [{"id", "matched", "text", "category", "category_by_person",
    -- "corrected", "sentiment", "sentiment_by_person", "audience", "audience_by_person", "given_tags",
    -- "refused_tags"}]}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    asset public.content_assets;
    program jsonb;
    similarity double precision;
    asks_similarity boolean;
    matched boolean;
    wanted constant integer := least(greatest(coalesce(judged_content.chunk, 500), 1), 1000);
    seen integer := 0;
    last uuid;
    found jsonb := '[]';
    given text[];
    refused text[];
    error text := private.rule_conditions_error(judged_content.conditions);
begin
    if judged_content.conditions is not null then
        if error is not null then
            raise exception using errcode = 'invalid_parameter_value', message = error;
        end if;
        program := private.rule_program(
            private.rule_own_names(judged_content.workspace_id, judged_content.conditions)
        );
        asks_similarity := program @? '$.**[*] ? (@ == "similarity")';
    end if;
    for asset in
        select *
        from public.content_assets
        where
            content_assets.workspace_id = judged_content.workspace_id
            and (judged_content.after is null or content_assets.id > judged_content.after)
            and (
                judged_content.campaign_id is null
                or content_assets.campaign_id = judged_content.campaign_id
            )
        order by content_assets.id
        limit wanted
    loop
        seen := seen + 1;
        last := asset.id;
        similarity := null;
        if asks_similarity then
            -- as categorization_context measures it
            select max(1 - (categories.embedding operator(extensions.<=>) asset.embedding))
            into similarity
            from public.categories
            where
                categories.workspace_id = asset.workspace_id
                and categories.embedding is not null
                and not categories.manual_only;
        end if;
        matched := program is not null
            and private.rule_holds(program, private.rule_facts(private.asset_facts(asset, similarity)));
        select
            coalesce(array_agg(tags.name order by tags.name collate "C") filter (where links.state = 'applied'), '{}'),
            coalesce(array_agg(tags.name order by tags.name collate "C") filter (where links.state = 'rejected'), '{}')
        into given, refused
        from public.content_asset_tags as links
        inner join public.tags on links.tag_id = tags.id
        where
            links.content_asset_id = asset.id
            and links.source = 'human';
        continue when
            not matched
            and asset.category_source is distinct from 'human'
            and asset.sentiment_source is distinct from 'human'
            and asset.audience_source is distinct from 'human'
            and given || refused = '{}';
        found := found || jsonb_build_object(
            'id', asset.id,
            'matched', matched,
            'text',
            left(private.asset_text(asset.content, asset.prompt, asset.alt_text, asset.file_path), 5000),
            'category', asset.primary_category,
            'category_by_person', coalesce(asset.category_source = 'human', false),
            'corrected',
            exists (
                select
                from public.corrections
                where
                    corrections.workspace_id = asset.workspace_id
                    and corrections.content_asset_id = asset.id
                    and corrections.field = 'category'
                    and corrections.kind in ('corrected', 'decided')
            ),
            'sentiment', asset.sentiment,
            'sentiment_by_person', coalesce(asset.sentiment_source = 'human', false),
            'audience', asset.target_audience,
            'audience_by_person', coalesce(asset.audience_source = 'human', false),
            'given_tags', to_jsonb(given),
            'refused_tags', to_jsonb(refused)
        );
    end loop;
    return jsonb_build_object(
        'read', seen, 'after', case when seen = wanted then last end, 'rows', found
    );
end
$$;
comment on function public.judged_content is
'What people said of content, chunk by chunk, and which of it a rule with these conditions hits. Nothing is written.';
revoke execute on function public.judged_content from public, anon;
grant execute on function public.judged_content to authenticated, service_role;

-- sql/rpc/rule_results.sql
create function public.rule_results(
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- labels that the rule gave and a person said something of: kept as they were, and changed
    returns table (rule_id uuid, kept_count bigint, changed_count bigint)
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        judged.rule_id,
        count(*) filter (where judged.kept) as kept_count,
        count(*) filter (where not judged.kept) as changed_count
    from (
        select
            corrections.rule_id,
            corrections.kind = 'confirmed' as kept
        from public.corrections
        where
            corrections.rule_id is not null
            and corrections.field <> 'tags'
            and (rule_results.workspace_id is null or corrections.workspace_id = rule_results.workspace_id)
        union all
        select
            (given.label ->> 'rule_id')::uuid,
            not exists (
                select
                from public.content_asset_tags as links
                where
                    links.content_asset_id = corrections.content_asset_id
                    and links.state = 'rejected'
                    and links.tag_id = tags.id
            )
        from public.corrections
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(corrections.machine_labels) = 'array' then corrections.machine_labels else '[]' end
        ) as given (label)
        -- under the name it has now, or what it was merged into; of one that is gone nobody knows any more
        inner join public.tags
            on
                corrections.workspace_id = tags.workspace_id
                and tags.name = coalesce(
                    (
                        select own.name
                        from public.tags as own
                        where own.id = (given.label ->> 'id')::uuid
                    ),
                    private.find_tag(corrections.workspace_id, private.fold_tag(given.label ->> 'name'))
                )
        where
            corrections.field = 'tags'
            and given.label ->> 'rule_id' is not null
            and (rule_results.workspace_id is null or corrections.workspace_id = rule_results.workspace_id)
    ) as judged
    group by judged.rule_id;
$$;
comment on function public.rule_results is
'How often people kept what each rule said, and how often they changed it; what nobody looked at does not count.';
revoke execute on function public.rule_results from public, anon;
grant execute on function public.rule_results to authenticated, service_role;

-- sql/views/approval_queue.sql
create view public.approval_queue
with (security_invoker = true)
as
select
    content_assets.id,
    content_assets.workspace_id,
    'content' as kind,
    content_assets.campaign_id,
    left(
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        200
    ) as text,
    content_assets.approval_rule as rule,
    content_assets.approval_note as note,
    content_assets.approval_at as waiting_since
from public.content_assets
where content_assets.approval = 'required'
union all
select
    social_posts.id,
    social_posts.workspace_id,
    'post' as kind,
    social_posts.campaign_id,
    left(social_posts.post_text, 200) as text,
    social_posts.approval_rule as rule,
    social_posts.approval_note as note,
    social_posts.approval_at as waiting_since
from public.social_posts
where social_posts.approval = 'required';
comment on view public.approval_queue is
'Content and posts that wait for a person''s approval: rpc approve or reject ends it. Oldest first: order by waiting_since.';
comment on column public.approval_queue.kind is 'content or post.';
comment on column public.approval_queue.rule is 'The rule that asks for the approval; null: a person does.';
grant select on public.approval_queue to authenticated, service_role;

-- sql/views/approved_posts.sql
create view public.approved_posts
with (security_invoker = true)
as
select
    social_posts.id,
    social_posts.workspace_id,
    social_posts.campaign_id,
    social_posts.content_asset_id,
    social_posts.platform,
    social_posts.scheduled_time
from public.social_posts
left join public.content_assets
    on
        social_posts.workspace_id = content_assets.workspace_id
        and social_posts.content_asset_id = content_assets.id
where
    social_posts.status = 'scheduled'
    and social_posts.scheduled_time is not null
    and social_posts.approval in ('none', 'approved')
    and coalesce(content_assets.approval, 'none') in ('none', 'approved')
    -- where rules ask for approval they have read the content as it is now, or a person has
    and (
        content_assets.id is null
        or content_assets.label_state in ('labeled', 'review')
        or social_posts.approval = 'approved'
        or (content_assets.approval = 'approved' and content_assets.approval_rule is null)
        or not exists (
            select
            from public.automation_rules
            where
                automation_rules.workspace_id = social_posts.workspace_id
                and automation_rules.rule_type = 'approval'
                and automation_rules.enabled
        )
    );
comment on view public.approved_posts is
'What a publisher may take: posts with a time, neither they nor their content waiting for approval or rejected, nor for
the rules that may ask for it.';
grant select on public.approved_posts to authenticated, service_role;

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

-- sql/views/label_accuracy.sql
create view public.label_accuracy
with (security_invoker = true)
as
select
    decided.workspace_id,
    decided.created_at::date as day,
    decided.field,
    decided.source,
    decided.label,
    count(*) as decisions,
    count(said.id) as judged,
    count(said.id) filter (where said.kind in ('confirmed', 'left_empty')) as judged_right,
    count(decided.audited_at) as audits,
    count(said.id) filter (where decided.audited_at is not null) as audits_judged,
    count(said.id) filter (
        where decided.audited_at is not null and said.kind in ('confirmed', 'left_empty')
    ) as audits_right,
    avg(decided.score::numeric) as mean_score
from public.categorizations as decided
left join public.corrections as said
    on
        decided.workspace_id = said.workspace_id
        and decided.id = said.machine_decision_id
where
    decided.field <> 'tags'
    and decided.outcome <> 'kept_human'
    and coalesce(decided.source, '') <> 'human'
group by
    decided.workspace_id,
    decided.created_at::date,
    decided.field,
    decided.source,
    decided.label;
comment on view public.label_accuracy is
'How right machines are: a row a day, field, source and label, with what people said of it since.

Precision is judged_right / judged; people correct what is wrong sooner than they confirm what is right, so it is too
low, and 1 - (judged - judged_right) / decisions too high. audits_right / audits_judged is of rows picked at random.';
comment on column public.label_accuracy.day is 'Of the machine''s decision, in the time zone of the session.';
comment on column public.label_accuracy.source is 'rule, reuse, neighbor, trained or model; null: nobody was sure.';
comment on column public.label_accuracy.label is 'By its name at that time; null: nobody was sure.';
comment on column public.label_accuracy.judged is 'Decisions that a person confirmed or corrected.';
comment on column public.label_accuracy.judged_right is
'Confirmed; of decisions nobody was sure of, those that a person left empty too.';
comment on column public.label_accuracy.audits is 'Decisions that sample_audit picked.';
comment on column public.label_accuracy.mean_score is 'How sure the machine was, 0..1; sources measure it differently.';
grant select on public.label_accuracy to authenticated, service_role;

-- sql/views/label_confusion.sql
create view public.label_confusion
with (security_invoker = true)
as
select
    corrections.workspace_id,
    corrections.machine_decided_at::date as day,
    corrections.field,
    corrections.source,
    corrections.machine_label,
    corrections.label,
    count(*) as judged
from public.corrections
where corrections.field <> 'tags'
group by
    corrections.workspace_id,
    corrections.machine_decided_at::date,
    corrections.field,
    corrections.source,
    corrections.machine_label,
    corrections.label;
comment on view public.label_confusion is
'What machines answered beside what people say it is: a row a day, field, source and pair of labels.

Equal labels: the machine was right. A machine_label that is null: nobody was sure; a label that is null: there should
be none. Recall of a label is the share of rows with that label whose machine_label is the same.';
comment on column public.label_confusion.day is 'Of the machine''s decision, in the time zone of the session.';
grant select on public.label_confusion to authenticated, service_role;

-- sql/views/label_calibration.sql
create view public.label_calibration
with (security_invoker = true)
as
select
    judged.workspace_id,
    judged.day,
    judged.field,
    judged.source,
    judged.sure_from,
    count(*) as judged,
    count(*) filter (where judged.kind = 'confirmed') as judged_right,
    avg(judged.score::numeric) as mean_score
from (
    select
        corrections.workspace_id,
        corrections.machine_decided_at::date as day,
        corrections.field,
        corrections.source,
        corrections.kind,
        corrections.score,
        case
            when corrections.score::numeric >= 0.95 then 95
            when corrections.score::numeric >= 0.9 then 90
            when corrections.score::numeric >= 0.8 then 80
            when corrections.score::numeric >= 0.7 then 70
            when corrections.score::numeric >= 0.6 then 60
            when corrections.score::numeric >= 0.5 then 50
            else 0
        end as sure_from
    from public.corrections
    where
        corrections.field <> 'tags'
        and corrections.source is not null
        and corrections.score is not null
) as judged
group by
    judged.workspace_id,
    judged.day,
    judged.field,
    judged.source,
    judged.sure_from;
comment on view public.label_calibration is
'How sure machines were beside how often people found them right: a row a day, field, source and band of scores.';
comment on column public.label_calibration.sure_from is
'Where the band of scores begins, in hundredths: 0, 50, 60, 70, 80, 90, 95.';
comment on column public.label_calibration.judged_right is 'judged_right / judged should be near mean_score.';
grant select on public.label_calibration to authenticated, service_role;

-- sql/views/audit_queue.sql
create view public.audit_queue
with (security_invoker = true)
as
select
    content_assets.id,
    content_assets.workspace_id,
    left(
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        200
    ) as text,
    content_assets.primary_category as label,
    decided.source,
    decided.score,
    decided.audited_at
from public.categorizations as decided
inner join public.content_assets
    on
        decided.workspace_id = content_assets.workspace_id
        and decided.content_asset_id = content_assets.id
where
    decided.audited_at is not null
    and decided.field = 'category'
    and decided.label is not null
    and content_assets.primary_category is not null
    and content_assets.category_source = decided.source
    and not exists (
        select 1
        from public.categorizations as said
        where
            said.workspace_id = decided.workspace_id
            and said.judged_id = decided.id
    )
    -- what was decided anew since is another label to judge, and may be picked itself
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = decided.workspace_id
            and later.content_asset_id = decided.content_asset_id
            and later.field = 'category'
            and later.source = decided.source
            and later.outcome = 'applied'
            and later.created_at > decided.created_at
    );
comment on view public.audit_queue is
'Rows that machines labeled and sample_audit picked at random: is the label right?

Confirm or correct it as any other label (record_feedback, an edit) and the row is gone from here; so it is when a
machine decides it anew.';
comment on column public.audit_queue.text is 'Its first 200 characters.';
comment on column public.audit_queue.source is 'Which machine: rule, reuse, neighbor, trained or model.';
grant select on public.audit_queue to authenticated, service_role;

-- sql/functions/sample_audit.sql
create function private.sample_audit(
    workspace_id uuid,
    -- 1 to 1000; fewer where there are not so many
    sample_size integer
)
    returns integer
    language plpgsql
    volatile
    security definer  -- history is written by functions only; membership is checked
    set search_path = ''
as $$
declare
    picked integer;
begin
    if sample_audit.sample_size is null or sample_audit.sample_size not between 1 and 1000 then
        raise exception using
            errcode = '22023',
            message = format('sample_size is %s', coalesce(sample_audit.sample_size::text, 'null')),
            hint = 'ask for 1 to 1000 rows';
    end if;
    if
        not private.caller_is_service()
        and not coalesce(
            sample_audit.workspace_id in (select private.caller_editable_workspace_ids()), false
        )
    then
        raise exception using
            errcode = '42501',
            message = format(
                'only editors of workspace %s may pick an audit', coalesce(sample_audit.workspace_id::text, 'null')
            ),
            hint = 'ask an owner of the workspace for the role editor';
    end if;
    with chosen as (
        select last.id
        from public.content_assets
        cross join lateral (
            select
                categorizations.id,
                categorizations.source,
                categorizations.audited_at
            from public.categorizations
            where
                categorizations.workspace_id = content_assets.workspace_id
                and categorizations.content_asset_id = content_assets.id
                and categorizations.field = 'category'
                and categorizations.outcome = 'applied'
            order by categorizations.created_at desc, categorizations.id desc
            limit 1
        ) as last
        where
            content_assets.workspace_id = sample_audit.workspace_id
            and content_assets.primary_category is not null
            and content_assets.category_source <> 'human'
            and content_assets.category_source = last.source
            and last.audited_at is null
        order by random()
        limit sample_audit.sample_size
    )
    update public.categorizations
    set audited_at = now()
    from chosen
    where categorizations.id = chosen.id;
    get diagnostics picked = row_count;
    return picked;
end
$$;
comment on function private.sample_audit is 'The work of sample_audit.';
revoke execute on function private.sample_audit from public, anon;
grant execute on function private.sample_audit to authenticated, service_role;

-- sql/rpc/sample_audit.sql
create function public.sample_audit(
    workspace_id uuid,
    -- 1 to 1000
    sample_size integer default 20
)
    -- how many were picked
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.sample_audit(sample_audit.workspace_id, sample_audit.sample_size);
$$;
comment on function public.sample_audit is
'Pick rows that machines labeled at random, for people to say whether the label is right. For editors.

They stand in audit_queue until somebody does. What nobody picks is judged by who happens to look.';
revoke execute on function public.sample_audit from public, anon;
grant execute on function public.sample_audit to authenticated, service_role;

-- sql/rpc/measured_labels.sql
create function public.measured_labels(
    workspace_id uuid,
    -- decisions of machines before this day are left out
    since date
)
    -- {"decisions": rows of label_accuracy, "confusion": of label_confusion, "calibration": of label_calibration,
    --  "open_audits": how many wait in audit_queue}
    returns jsonb
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select jsonb_build_object(
        'decisions', (
            select coalesce(jsonb_agg(to_jsonb(label_accuracy)), '[]')
            from public.label_accuracy
            where
                label_accuracy.workspace_id = measured_labels.workspace_id
                and label_accuracy.day >= measured_labels.since
        ),
        'confusion', (
            select coalesce(jsonb_agg(to_jsonb(label_confusion)), '[]')
            from public.label_confusion
            where
                label_confusion.workspace_id = measured_labels.workspace_id
                and label_confusion.day >= measured_labels.since
        ),
        'calibration', (
            select coalesce(jsonb_agg(to_jsonb(label_calibration)), '[]')
            from public.label_calibration
            where
                label_calibration.workspace_id = measured_labels.workspace_id
                and label_calibration.day >= measured_labels.since
        ),
        'open_audits', (
            select count(*)
            from public.audit_queue
            where audit_queue.workspace_id = measured_labels.workspace_id
        )
    );
$$;
comment on function public.measured_labels is
'How right machines were since a day: what `campaignbase evaluate --live` reports.

The rows of the views label_accuracy, label_confusion and label_calibration that the caller may see.';
revoke execute on function public.measured_labels from public, anon;
grant execute on function public.measured_labels to authenticated, service_role;
