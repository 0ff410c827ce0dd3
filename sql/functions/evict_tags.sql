create function private.evict_tags(asset_ids uuid[])
    -- what a machine had put there
    returns table (content_asset_id uuid, name text)
    language sql
    volatile
    set search_path = ''
as $$
    with
    ranked as (
        select
            links.content_asset_id,
            links.tag_id,
            links.source,
            tags.name,
            tag_groups.max_tags,
            -- in the order in which content_assets.tags shows them
            row_number() over (
                partition by links.content_asset_id, tag_groups.id
                order by (links.source = 'human') desc, links.score desc nulls last, tags.name collate "C"
            ) as place
        from public.content_asset_tags as links
        inner join public.tags on links.tag_id = tags.id
        inner join public.tag_groups
            on
                tags.workspace_id = tag_groups.workspace_id
                and tags.tag_group = tag_groups.name
        where
            links.content_asset_id = any(evict_tags.asset_ids)
            and links.state = 'applied'
    )
    delete from public.content_asset_tags as links
    using ranked
    where
        links.content_asset_id = ranked.content_asset_id
        and links.tag_id = ranked.tag_id
        and ranked.place > ranked.max_tags
        and ranked.source <> 'human'
    returning ranked.content_asset_id, ranked.name;
$$;
comment on function private.evict_tags is
'Takes the weakest of a machine''s tags away where content has more of a group than that allows.';
revoke execute on function private.evict_tags from public, anon, authenticated;
grant execute on function private.evict_tags to service_role;
