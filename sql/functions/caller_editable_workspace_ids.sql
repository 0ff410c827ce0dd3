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
        and workspace_members.role in ('owner', 'editor')
    union all
    select api_keys.workspace_id
    from public.api_keys
    where
        api_keys.id = (select auth.uid())
        and api_keys.role = 'editor'
        and api_keys.revoked_at is null
        and (api_keys.expires_at is null or api_keys.expires_at > now());
$$;
comment on function private.caller_editable_workspace_ids is
'Workspaces the caller may write content, vocabulary and rules in.';
revoke execute on function private.caller_editable_workspace_ids from public, anon;
grant execute on function private.caller_editable_workspace_ids to authenticated, service_role;
