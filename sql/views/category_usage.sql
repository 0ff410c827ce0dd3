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
