create function private.add_workspace(
    -- blank or null: My workspace; longer than 100 characters: the beginning
    name text,
    owner_id uuid
)
    returns uuid
    language plpgsql
    security definer  -- nobody may insert workspaces or memberships directly
    set search_path = ''
as $$
declare
    added uuid;
begin
    insert into public.workspaces (name)
    values (coalesce(nullif(left(btrim(add_workspace.name, e' \t\r\n'), 100), ''), 'My workspace'))
    returning workspaces.id into added;
    insert into public.workspace_members (workspace_id, user_id, role)
    values (added, add_workspace.owner_id, 'owner');
    return added;
end
$$;
comment on function private.add_workspace is 'A workspace with the default vocabulary and its first owner.';
revoke execute on function private.add_workspace from public, anon, authenticated, service_role;
