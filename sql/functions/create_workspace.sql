create function private.create_workspace(name text)
    returns uuid
    language plpgsql
    security definer  -- nobody may insert workspaces directly; who asks is checked below
    set search_path = ''
as $$
begin
    if not exists (select from auth.users where users.id = (select auth.uid()) and not users.is_anonymous) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'only a signed-up user may create a workspace',
            hint = 'Sign up, or link an e-mail address to the anonymous account first.';
    end if;
    if coalesce(btrim(create_workspace.name, e' \t\r\n'), '') = '' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'the workspace''s name is blank',
            hint = 'Give it a name of 1 to 100 characters.';
    end if;
    return private.add_workspace(create_workspace.name, (select auth.uid()));
end
$$;
comment on function private.create_workspace is 'What public.create_workspace does, for the user who calls.';
revoke execute on function private.create_workspace from public, anon, service_role;
grant execute on function private.create_workspace to authenticated;
