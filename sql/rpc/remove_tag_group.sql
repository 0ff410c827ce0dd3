create function public.remove_tag_group(
    workspace_id uuid,
    name text
)
    -- false: there is none of that name
    returns boolean
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform tags.id
    from public.tags
    where
        tags.workspace_id = remove_tag_group.workspace_id
        and tags.tag_group = remove_tag_group.name
    order by tags.id
    for no key update;
    update public.tags
    set tag_group = null
    where
        tags.workspace_id = remove_tag_group.workspace_id
        and tags.tag_group = remove_tag_group.name;
    delete from public.tag_groups
    where
        tag_groups.workspace_id = remove_tag_group.workspace_id
        and tag_groups.name = remove_tag_group.name;
    return found;
end
$$;
comment on function public.remove_tag_group is 'Remove a group of tags; its tags stay. For editors.';
revoke execute on function public.remove_tag_group from public, anon;
grant execute on function public.remove_tag_group to authenticated, service_role;
