create function private.link_tags(
    -- [{"workspace_id", "id" of the asset, "tags", "old_tags": names}]
    changes jsonb
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- The counters of every tag that comes or goes, in one order for everybody and before the first is counted:
    -- the insert below counts its new links and its changed ones apart.
    perform tags.id
    from public.tags
    where
        tags.id in (
            select tags.id
            from jsonb_to_recordset(link_tags.changes) as changed (workspace_id uuid, tags text[], old_tags text[])
            inner join public.tags
                on
                    changed.workspace_id = tags.workspace_id
                    and tags.name = any(changed.tags || changed.old_tags)
            where (tags.name = any(changed.tags)) <> (tags.name = any(changed.old_tags))
        )
        -- those that a full group may lose
        or exists (
            select
            from jsonb_to_recordset(link_tags.changes) as changed (workspace_id uuid, tags text[], old_tags text[])
            inner join public.tags as added
                on
                    changed.workspace_id = added.workspace_id
                    and added.name = any(changed.tags)
                    and added.name <> all(changed.old_tags)
            where
                tags.workspace_id = added.workspace_id
                and tags.tag_group = added.tag_group
        )
    order by tags.id
    for no key update;
    if not found then
        return;
    end if;

    -- the array is written already; the links must not write it again
    perform set_config('campaignbase.actor', 'mirror', true);
    insert into public.content_asset_tags
    (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select
        changed.workspace_id,
        changed.id,
        tags.id,
        'human',
        null,
        case when tags.name = any(changed.tags) then 'added by a person' else 'removed by a person' end,
        case when tags.name = any(changed.tags) then 'applied' else 'rejected' end
    from jsonb_to_recordset(link_tags.changes)
        as changed (workspace_id uuid, id uuid, tags text[], old_tags text[])
    inner join public.tags
        on
            changed.workspace_id = tags.workspace_id
            and tags.name = any(changed.tags || changed.old_tags)
    where (tags.name = any(changed.tags)) <> (tags.name = any(changed.old_tags))
    order by changed.id, tags.id
    on conflict on constraint content_asset_tags_pkey do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            state = excluded.state,
            updated_at = clock_timestamp();
    perform private.keep_tag_groups(link_tags.changes);
    perform set_config('campaignbase.actor', '', true);
end
$$;
comment on function private.link_tags is
'Turns people''s edits of tag arrays into links: what is new is theirs, what is missing is refused for good.';
revoke execute on function private.link_tags from public, anon, authenticated, service_role;
