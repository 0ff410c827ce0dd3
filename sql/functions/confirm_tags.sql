create function private.confirm_tags(
    asset_id uuid,
    -- names of tags of the workspace: those that stay, and those that stay away
    wanted text[],
    refused text[]
)
    returns void
    language plpgsql
    security definer  -- writes links and history, which callers may only read; membership is checked
    set search_path = ''
as $$
declare
    asset record;
    stay text[];
    away text[];
begin
    select content_assets.workspace_id, content_assets.tags
    into asset
    from public.content_assets
    where
        content_assets.id = confirm_tags.asset_id
        and (
            private.caller_is_service()
            or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
        )
    for no key update;
    if not found then
        return;
    end if;
    select
        array_agg(tags.name order by tags.name) filter (where tags.name = any(asset.tags)),
        array_agg(tags.name order by tags.name) filter (where tags.name <> all(asset.tags))
    into stay, away
    from public.tags
    left join public.content_asset_tags as link
        on
            tags.id = link.tag_id
            and link.content_asset_id = confirm_tags.asset_id
    where
        tags.workspace_id = asset.workspace_id
        and link.source is distinct from 'human'
        and (
            (tags.name = any(confirm_tags.wanted) and tags.name = any(asset.tags))
            or (tags.name = any(confirm_tags.refused) and tags.name <> all(asset.tags))
        );
    if stay is null and away is null then
        return;
    end if;
    perform private.link_tags(
        jsonb_build_array(
            jsonb_build_object(
                'workspace_id', asset.workspace_id,
                'id', confirm_tags.asset_id,
                'tags', coalesce(stay, '{}'),
                'old_tags', coalesce(away, '{}')
            )
        )
    );
    perform private.record_human(
        asset.workspace_id, confirm_tags.asset_id, null, 'tags',
        nullif(array_to_string(asset.tags, ', '), ''), nullif(array_to_string(asset.tags, ', '), ''),
        concat_ws(
            '; ',
            'confirmed by a person: ' || array_to_string(stay, ', '),
            'refused by a person: ' || array_to_string(away, ', ')
        )
    );
end
$$;
comment on function private.confirm_tags is
'A person says of tags that they are rightly there, or that they shall never come.';
revoke execute on function private.confirm_tags from public, anon;
grant execute on function private.confirm_tags to authenticated, service_role;
