create function private.list_members(workspace_id uuid)
    returns table (workspace_name text, user_id uuid, email text, role text, created_at timestamptz)
    language plpgsql
    stable
    security definer  -- the addresses are in auth.users; membership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    everything boolean := private.caller_is_service();
begin
    return query
    select
        workspaces.name,
        workspace_members.user_id,
        users.email::text,
        workspace_members.role,
        workspace_members.created_at
    from public.workspace_members
    inner join public.workspaces on workspace_members.workspace_id = workspaces.id
    inner join auth.users on workspace_members.user_id = users.id
    where
        (list_members.workspace_id is null or workspace_members.workspace_id = list_members.workspace_id)
        and (everything or workspace_members.workspace_id in (select private.caller_workspace_ids()))
    order by workspaces.name, workspaces.id, workspace_members.created_at, workspace_members.user_id;
end
$$;
comment on function private.list_members is
'What public.list_members answers, for the workspaces the caller belongs to.';
revoke execute on function private.list_members from public, anon;
grant execute on function private.list_members to authenticated, service_role;
