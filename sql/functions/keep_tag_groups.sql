create function private.keep_tag_groups(
    -- as private.link_tags takes them; the links are written
    changes jsonb
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    crowded record;
begin
    select
        tag_groups.name,
        tag_groups.max_tags,
        string_agg(tags.name, ', ' order by tags.name collate "C") as names
    into crowded
    from (
        select distinct
            changed.id,
            tags.workspace_id,
            tags.tag_group
        from jsonb_to_recordset(keep_tag_groups.changes)
            as changed (workspace_id uuid, id uuid, tags text[], old_tags text[])
        inner join public.tags
            on
                changed.workspace_id = tags.workspace_id
                and tags.name = any(changed.tags)
                and tags.name <> all(changed.old_tags)
        where tags.tag_group is not null
    ) as touched
    inner join public.tag_groups
        on
            touched.workspace_id = tag_groups.workspace_id
            and touched.tag_group = tag_groups.name
    inner join public.tags
        on
            touched.workspace_id = tags.workspace_id
            and touched.tag_group = tags.tag_group
    inner join public.content_asset_tags as links
        on
            touched.id = links.content_asset_id
            and tags.id = links.tag_id
    where
        links.state = 'applied'
        and links.source = 'human'
    group by links.content_asset_id, tag_groups.id
    having count(*) > tag_groups.max_tags
    limit 1;
    if crowded.name is not null then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'content would have more tags of group ''%s'' than that allows: at most %s, not %s',
                crowded.name, crowded.max_tags, crowded.names
            ),
            hint = 'Take one away in the same edit.';
    end if;
    update public.content_assets
    set
        tags = array(
            select word
            from unnest(content_assets.tags) with ordinality as shown (word, place)
            where word <> all(evicted.names)
            order by place
        )
    from (
        select
            gone.content_asset_id,
            array_agg(gone.name) as names
        from private.evict_tags(
            array(
                select (changed ->> 'id')::uuid
                from jsonb_array_elements(keep_tag_groups.changes) as changed
            )
        ) as gone
        group by gone.content_asset_id
    ) as evicted
    where content_assets.id = evicted.content_asset_id;
end
$$;
comment on function private.keep_tag_groups is
'A person''s tag drives a machine''s out of a full group; one too many of her own is refused.';
revoke execute on function private.keep_tag_groups from public, anon, authenticated, service_role;
