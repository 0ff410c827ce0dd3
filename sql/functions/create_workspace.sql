create function private.create_workspace(name text, id uuid)
    returns uuid
    language plpgsql
    security definer  -- nobody may insert workspaces directly; who asks is checked below
    set search_path = ''
as $$
declare
    made uuid := coalesce(create_workspace.id, gen_random_uuid());
begin
    if private.caller_is_service() then
        insert into public.workspaces (id, name)
        values (made, create_workspace.name)
        on conflict on constraint workspaces_pkey do nothing;
        return made;
    end if;
    if
        not exists (select from auth.users where users.id = (select auth.uid()) and not users.is_anonymous)
        or exists (select from public.api_keys where api_keys.id = (select auth.uid()))
    then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'only a signed-up user may create a workspace',
            hint = 'Sign up, or link an e-mail address to the anonymous account first.';
    end if;
    if create_workspace.id is not null then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'the id of a workspace is given by the service alone',
            hint = 'Leave it out.';
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
comment on function private.create_workspace is
'What public.create_workspace does, for the user who calls or the service.';
revoke execute on function private.create_workspace from public, anon;
grant execute on function private.create_workspace to authenticated, service_role;
