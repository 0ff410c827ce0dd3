create function private.tg_categories__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- content counts whatever the caller may see
    set search_path = ''
as $$
begin
    -- when the workspace itself goes, everything goes
    if
        exists (select from public.workspaces where workspaces.id = old.workspace_id)
        and (
            exists (
                select
                from public.content_assets
                where
                    content_assets.workspace_id = old.workspace_id
                    and content_assets.primary_category = old.name
            )
            or exists (
                select
                from public.campaigns
                where
                    campaigns.workspace_id = old.workspace_id
                    and campaigns.primary_category = old.name
            )
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format('category %s is in use and cannot be deleted', old.name),
            hint = 'File its content and campaigns under another category first.';
    end if;
    return old;
end
$$;
comment on function private.tg_categories__refuse_used is 'Keeps a category that content or campaigns are filed under.';
revoke execute on function private.tg_categories__refuse_used from public, anon, authenticated, service_role;
