create function private.caller_editable_workspace_ids()
    returns setof uuid
    language sql
    stable
    security definer  -- reads memberships whatever the policy on them says, or that policy would call itself
    set search_path = ''
as $$
    select workspace_members.workspace_id
    from public.workspace_members
    where
        workspace_members.user_id = (select auth.uid())
        and workspace_members.role in ('owner', 'editor');
$$;
comment on function private.caller_editable_workspace_ids is
'Workspaces the caller may write content, vocabulary and rules in.';
revoke execute on function private.caller_editable_workspace_ids from public, anon;
grant execute on function private.caller_editable_workspace_ids to authenticated, service_role;
