create function public.save_tag_group(
    workspace_id uuid,
    name text,
    min_tags integer,
    -- null: as many as you like
    max_tags integer,
    -- names of the tags that belong to it, in any spelling; those that do not leave it
    tags text[]
)
    -- names of its tags
    returns text[]
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    members text[];
    unknown text;
begin
    select
        array_agg(distinct meant.name) filter (where meant.name is not null),
        min(meant.word) filter (where meant.name is null)
    into members, unknown
    from (
        select
            word,
            private.find_tag(save_tag_group.workspace_id, private.fold_tag(btrim(word))) as name
        from unnest(save_tag_group.tags) as word
    ) as meant;
    members := coalesce(members, '{}');
    insert into public.tag_groups (workspace_id, name, min_tags, max_tags)
    values (
        save_tag_group.workspace_id, save_tag_group.name, save_tag_group.min_tags, save_tag_group.max_tags
    )
    on conflict on constraint tag_groups_name_is_unique do update
        set
            min_tags = excluded.min_tags,
            max_tags = excluded.max_tags;
    if unknown is not null then
        raise exception using
            errcode = 'PT404',
            message = format('no tag ''%s''', unknown),
            hint = 'see: campaignbase tags';
    end if;
    perform tags.id
    from public.tags
    where
        tags.workspace_id = save_tag_group.workspace_id
        and (tags.tag_group = save_tag_group.name or tags.name = any(members))
    order by tags.id
    for no key update;
    update public.tags
    set tag_group = case when tags.name = any(members) then save_tag_group.name end
    where
        tags.workspace_id = save_tag_group.workspace_id
        and (tags.tag_group = save_tag_group.name) is distinct from (tags.name = any(members))
        and (tags.tag_group = save_tag_group.name or tags.name = any(members));
    return members;
end
$$;
comment on function public.save_tag_group is
'Make or change a group of tags: content has at least min_tags and at most max_tags of them. For editors.

Content that is there stays as it is until it is labeled again; tag_group_gaps shows what does not fit.';
revoke execute on function public.save_tag_group from public, anon;
grant execute on function public.save_tag_group to authenticated, service_role;
