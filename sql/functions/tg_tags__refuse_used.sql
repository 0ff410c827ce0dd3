create function private.tg_tags__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- content counts whatever the caller may see
    set search_path = ''
as $$
begin
    -- when the workspace itself goes, everything goes
    if
        exists (select from public.workspaces where workspaces.id = old.workspace_id)
        and exists (
            select
            from public.content_assets
            where
                content_assets.workspace_id = old.workspace_id
                and content_assets.target_audience = old.name
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format(
                'tag %s is the target audience of content and cannot %s',
                old.name,
                case when tg_op = 'DELETE' then 'be deleted' else 'get another type' end
            ),
            hint = 'Give that content another target audience first.';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end
$$;
comment on function private.tg_tags__refuse_used is
'Keeps a tag that is the target audience of content, and its type.';
revoke execute on function private.tg_tags__refuse_used from public, anon, authenticated, service_role;
