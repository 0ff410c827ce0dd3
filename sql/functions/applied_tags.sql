create function private.applied_tags(content_asset_id uuid)
    -- a person's first, then by score, then by name
    returns text[]
    language sql
    stable
    set search_path = ''
as $$
    select
        coalesce(
            array_agg(
                tags.name
                order by
                    (content_asset_tags.source = 'human') desc,
                    content_asset_tags.score desc nulls last,
                    tags.name collate "C"
            ),
            '{}'
        )
    from public.content_asset_tags
    inner join public.tags on content_asset_tags.tag_id = tags.id
    where
        content_asset_tags.content_asset_id = applied_tags.content_asset_id
        and content_asset_tags.state = 'applied';
$$;
comment on function private.applied_tags is
'What content_assets.tags mirrors: names of the applied tags in their order.';
revoke execute on function private.applied_tags from public, anon, authenticated;
grant execute on function private.applied_tags to service_role;
