-- Who labels the content of each workspace: how many labels of each field came from whom.
-- Worry when review or none grows: the vocabulary does not fit what comes in, see public.review_queue.
-- A share of human that keeps growing means that people correct or file by hand what rules and
-- examples should. For tags the share is of all links; one row of content may have several.
with labeled as (
    select
        content_assets.workspace_id,
        field.name as field,
        case
            when field.label is not null then field.source
            when content_assets.label_state in ('queued', 'failed') then content_assets.label_state
            when field.name = 'category' then 'review'
            else 'none'
        end as source
    from public.content_assets
    cross join lateral (
        values
        ('category', content_assets.primary_category, content_assets.category_source),
        ('sentiment', content_assets.sentiment, content_assets.sentiment_source),
        ('audience', content_assets.target_audience, content_assets.audience_source)
    ) as field (name, label, source)
    union all
    select
        content_asset_tags.workspace_id,
        'tags',
        case when content_asset_tags.state = 'rejected' then 'refused by a person' else content_asset_tags.source end
    from public.content_asset_tags
)

select
    workspaces.name as workspace,
    labeled.field,
    labeled.source,
    count(*) as total,
    round(100.0 * count(*) / sum(count(*)) over (partition by workspaces.id, labeled.field), 1)::double precision
        as percent
from labeled
inner join public.workspaces on labeled.workspace_id = workspaces.id
group by workspaces.id, workspaces.name, labeled.field, labeled.source
order by workspaces.name, workspaces.id, labeled.field, total desc, labeled.source;
