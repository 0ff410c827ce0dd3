create function private.tg__remember_removed()
    returns trigger
    language plpgsql
    security definer  -- proposals are written by functions only
    set search_path = ''
as $$
begin
    -- a label that was merged into another one is an alias of that
    if current_setting('campaignbase.actor', true) = 'merge' then
        return null;
    end if;
    insert into public.label_proposals (workspace_id, kind, name, state)
    select distinct on (gone.workspace_id, gone.folded_name)
        gone.workspace_id,
        tg_argv[0],
        gone.name,
        'removed'
    from (
        select
            old_rows.workspace_id,
            said.word as name,
            private.fold_tag(said.word) as folded_name,
            said.word <> old_rows.name as is_alias
        from old_rows
        -- when the workspace itself goes, everything goes
        inner join public.workspaces on old_rows.workspace_id = workspaces.id
        -- its other names mean nothing any more, those of labels merged into it too
        cross join lateral unnest(array_prepend(old_rows.name, old_rows.aliases)) as said (word)
    ) as gone
    where
        gone.folded_name <> ''
        and (
            not gone.is_alias
            or (
                char_length(gone.name) <= 100
                and gone.name ~ '^[^\x01-\x1f\x7f]*$'
                and not private.is_label(gone.workspace_id, tg_argv[0], gone.folded_name)
            )
        )
    order by gone.workspace_id, gone.folded_name, gone.is_alias, gone.name collate "C"
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = clock_timestamp();
    if tg_argv[0] = 'tag' then
        perform tags.id
        from public.tags
        inner join old_rows on tags.workspace_id = old_rows.workspace_id
        where old_rows.name = any(tags.related_tags)
        order by tags.id
        for no key update of tags;
        update public.tags
        set
            related_tags = array(
                select word
                from unnest(tags.related_tags) with ordinality as kept (word, place)
                where word not in (
                    select old_rows.name from old_rows where old_rows.workspace_id = tags.workspace_id
                )
                order by place
            )
        from old_rows
        where
            tags.workspace_id = old_rows.workspace_id
            and old_rows.name = any(tags.related_tags);
    end if;
    return null;
end
$$;
comment on function private.tg__remember_removed is
'Remembers labels that were deleted, with their other names, so that no proposal and no import brings them back.
Argument: category or tag.';
revoke execute on function private.tg__remember_removed from public, anon, authenticated, service_role;
