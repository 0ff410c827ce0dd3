create function private.accept_invitation(token text)
    returns table (workspace_id uuid, workspace_name text, role text)
    language plpgsql
    security definer  -- private.invitations is not for callers; the token and the address are checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    invitation private.invitations;
begin
    if accept_invitation.token ~ '^[0-9a-f]{96}$' then
        select * into invitation
        from private.invitations
        where
            invitations.id = left(accept_invitation.token, 32)::uuid
            and encode(sha256(convert_to(accept_invitation.token, 'UTF8')), 'hex') = any(invitations.token_hashes)
            and invitations.expires_at > clock_timestamp()
        for update;
    end if;
    if invitation.id is null then
        raise exception using
            errcode = 'PT404',
            message = 'this invitation does not exist, was revoked or has expired',
            hint = 'Ask an owner of the workspace for a new one.';
    end if;
    if not exists (
        select
        from auth.users
        where
            users.id = (select auth.uid())
            and lower(users.email) = invitation.email
            and users.email_confirmed_at is not null
            and not users.is_anonymous
    ) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = 'this invitation is for another address, or the address is not confirmed yet',
            hint = 'Sign in with the address that it was sent to.';
    end if;

    delete from private.invitations
    where invitations.id = invitation.id;
    -- who is a member meanwhile stays what she is
    insert into public.workspace_members (workspace_id, user_id, role)
    values (invitation.workspace_id, (select auth.uid()), invitation.role)
    on conflict on constraint workspace_members_pkey do nothing;
    return query
    select
        workspaces.id,
        workspaces.name,
        workspace_members.role
    from public.workspaces
    inner join public.workspace_members on workspaces.id = workspace_members.workspace_id
    where
        workspaces.id = invitation.workspace_id
        and workspace_members.user_id = (select auth.uid());
end
$$;
comment on function private.accept_invitation is 'What public.accept_invitation does, for the user who was invited.';
revoke execute on function private.accept_invitation from public, anon, service_role;
grant execute on function private.accept_invitation to authenticated;
