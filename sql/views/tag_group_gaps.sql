create view public.tag_group_gaps
with (security_invoker = true)
as
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    tag_groups.name as tag_group,
    tag_groups.min_tags,
    tag_groups.max_tags,
    count(tags.id) as tag_count
from public.content_assets
inner join public.tag_groups on content_assets.workspace_id = tag_groups.workspace_id
left join public.content_asset_tags as links
    on
        content_assets.id = links.content_asset_id
        and links.state = 'applied'
left join public.tags
    on
        links.tag_id = tags.id
        and tag_groups.name = tags.tag_group
where content_assets.label_state in ('labeled', 'review')
group by
    content_assets.workspace_id,
    content_assets.id,
    tag_groups.name,
    tag_groups.min_tags,
    tag_groups.max_tags
having
    count(tags.id) < tag_groups.min_tags
    or count(tags.id) > tag_groups.max_tags;
comment on view public.tag_group_gaps is
'Content that has fewer or more tags of a group than that asks for: a person took one away, no tag of the group may be
given by a machine, or the group is younger than the content.';
comment on column public.tag_group_gaps.tag_count is 'How many tags of the group it has.';
grant select on public.tag_group_gaps to authenticated, service_role;
