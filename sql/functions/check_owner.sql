create function private.check_owner(workspace_id uuid)
    returns void
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    if
        private.caller_is_service()
        or check_owner.workspace_id in (select private.caller_owned_workspace_ids())
    then
        return;
    end if;
    raise exception using
        errcode = 'insufficient_privilege',
        message = format(
            'only an owner of workspace %s may do that', coalesce(check_owner.workspace_id::text, 'null')
        ),
        hint = 'Ask an owner; workspace_members says who is one.';
end
$$;
comment on function private.check_owner is 'Refuses a caller who neither owns the workspace nor is the service.';
revoke execute on function private.check_owner from public, anon, authenticated, service_role;
