-- Rows without a vector, of an older text, or of another model; and how many nobody will mend.
-- Worry when unqueued is not 0: no job waits for these rows, so search and labels miss them for good.
-- For content and campaigns: select public.queue_content(array['...']::uuid[]); for a category or tag,
-- save another description. Reads and hashes every text: seconds on a large database.
with texts as (
    select
        'content_assets' as relation,
        content_assets.id,
        content_assets.workspace_id,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ) as text,
        content_assets.embedding is not null as has_vector,
        content_assets.embedding_model,
        content_assets.content_hash
    from public.content_assets
    union all
    select
        'campaigns',
        campaigns.id,
        campaigns.workspace_id,
        private.campaign_text(
            campaigns.name,
            campaigns.content_style,
            campaigns.visual_style,
            campaigns.hashtag_strategy,
            campaigns.cta_pattern
        ),
        campaigns.embedding is not null,
        campaigns.embedding_model,
        campaigns.content_hash
    from public.campaigns
    union all
    select
        'categories',
        categories.id,
        categories.workspace_id,
        private.label_text(categories.name, categories.description, categories.keywords),
        categories.embedding is not null,
        categories.embedding_model,
        categories.content_hash
    from public.categories
    union all
    select
        'tags',
        tags.id,
        tags.workspace_id,
        private.label_text(tags.name, tags.description, tags.keywords),
        tags.embedding is not null,
        tags.embedding_model,
        tags.content_hash
    from public.tags
),

found as (
    select
        workspaces.id as workspace_id,
        workspaces.name as workspace,
        texts.relation,
        texts.text is not null and not texts.has_vector as missing,
        texts.has_vector and texts.content_hash is distinct from private.content_hash(texts.text) as stale,
        texts.has_vector and texts.embedding_model is distinct from workspaces.embedding_model as of_another_model,
        exists (
            select
            from private.jobs
            where
                jobs.target_id = texts.id
                and jobs.kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag')
                and jobs.state <> 'dead'
        ) as queued
    from texts
    inner join public.workspaces on texts.workspace_id = workspaces.id
)

select
    found.workspace,
    found.relation,
    count(*) as total,
    count(*) filter (where found.missing) as missing,
    count(*) filter (where found.stale) as stale,
    count(*) filter (where found.of_another_model) as of_another_model,
    count(*) filter (where (found.missing or found.stale or found.of_another_model) and not found.queued) as unqueued
from found
group by found.workspace_id, found.workspace, found.relation
order by unqueued desc, found.workspace, found.workspace_id, found.relation;
