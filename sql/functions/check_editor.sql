create function private.check_editor(workspace_id uuid)
    returns void
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    if
        not private.caller_is_service()
        and not coalesce(
            check_editor.workspace_id in (select private.caller_editable_workspace_ids()), false
        )
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format(
                'only an editor of workspace %s may do that', coalesce(check_editor.workspace_id::text, 'null')
            ),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
end
$$;
comment on function private.check_editor is
'Refuses a caller who neither edits the workspace nor is the service.';
revoke execute on function private.check_editor from public, anon, authenticated, service_role;
