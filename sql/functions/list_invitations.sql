create function private.list_invitations(workspace_id uuid)
    returns table (
        id uuid,
        workspace_name text,
        email text,
        role text,
        invited_by uuid,
        mailed_at timestamptz,
        mail_error text,
        expires_at timestamptz,
        created_at timestamptz
    )
    language plpgsql
    stable
    security definer  -- private.invitations is not for callers; ownership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    everything boolean := private.caller_is_service();
begin
    return query
    select
        invitations.id,
        workspaces.name,
        invitations.email,
        invitations.role,
        invitations.invited_by,
        invitations.mailed_at,
        invitations.mail_error,
        invitations.expires_at,
        invitations.created_at
    from private.invitations
    inner join public.workspaces on invitations.workspace_id = workspaces.id
    where
        (list_invitations.workspace_id is null or invitations.workspace_id = list_invitations.workspace_id)
        and (everything or invitations.workspace_id in (select private.caller_owned_workspace_ids()))
    order by invitations.created_at, invitations.id;
end
$$;
comment on function private.list_invitations is
'What public.list_invitations answers, for the workspaces the caller owns.';
revoke execute on function private.list_invitations from public, anon;
grant execute on function private.list_invitations to authenticated, service_role;
