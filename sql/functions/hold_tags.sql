create function private.hold_tags(
    workspace_id uuid,
    -- as people write them; those that name no tag are passed over
    words text[]
)
    returns void
    language plpgsql
    volatile
    security definer  -- editors of content may name tags; membership is checked
    set search_path = ''
as $$
declare
    meant text[];
    held integer;
begin
    if not private.caller_is_service() and not exists (
        select
        from private.caller_editable_workspace_ids() as own (id)
        where own.id = hold_tags.workspace_id
    ) then
        return;
    end if;
    loop
        meant := array(
            select distinct private.find_tag(hold_tags.workspace_id, private.fold_tag(word))
            from unnest(hold_tags.words) as word
        );
        perform tags.id
        from public.tags
        where
            tags.workspace_id = hold_tags.workspace_id
            and tags.name = any(meant)
        order by tags.id
        for key share;
        get diagnostics held = row_count;
        -- fewer: one of them was renamed or removed while it was waited for
        exit when held = cardinality(array_remove(meant, null));
    end loop;
end
$$;
comment on function private.hold_tags is 'Tags that are named so keep their names until this transaction ends.';
revoke execute on function private.hold_tags from public, anon;
grant execute on function private.hold_tags to authenticated, service_role;
