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
