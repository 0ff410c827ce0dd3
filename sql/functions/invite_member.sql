create function private.invite_member(workspace_id uuid, email text, role text)
    returns table (id uuid, address text, expires_at timestamptz, token text)
    language plpgsql
    security definer  -- private.invitations is not for callers; ownership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    invitation uuid := gen_random_uuid();
begin
    address := lower(btrim(invite_member.email, e' \t\r\n'));
    perform private.check_owner(invite_member.workspace_id);
    if
        address is null
        or char_length(address) > 254
        or address !~ '^[^@[:space:][:cntrl:]<>",;]+@[^@[:space:][:cntrl:]<>",;]+$'
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%L is not an e-mail address', invite_member.email),
            hint = 'Give one address, like ada@example.com.';
    end if;
    if invite_member.role is null or invite_member.role not in ('owner', 'editor', 'viewer') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('role %L is not known', invite_member.role),
            hint = 'It is one of owner, editor, viewer.';
    end if;
    if exists (
        select
        from public.workspace_members
        inner join auth.users on workspace_members.user_id = users.id
        where
            workspace_members.workspace_id = invite_member.workspace_id
            and lower(users.email) = address
    ) then
        raise exception using
            errcode = 'unique_violation',
            message = format('%s is a member already', address),
            hint = 'Change the role in workspace_members instead.';
    end if;
    -- every invitation is a mail to somebody who did not ask for it
    if
        (select count(*) from private.invitations where invitations.workspace_id = invite_member.workspace_id)
        >= 100
    then
        raise exception using
            errcode = 'PT429',
            message = 'the workspace has 100 open invitations, which is as many as it may have',
            hint = 'Revoke some, or wait until they are accepted.';
    end if;

    insert into private.invitations (id, workspace_id, email, role, invited_by)
    values (invitation, invite_member.workspace_id, address, invite_member.role, (select auth.uid()))
    on conflict on constraint invitations_email_is_invited_once do update
        set
            role = excluded.role,
            invited_by = excluded.invited_by,
            mailed_at = null,
            mail_after = now(),
            mail_error = null,
            expires_at = excluded.expires_at,
            created_at = excluded.created_at
    returning invitations.id into invitation;
    token := private.invitation_token(invitation);
    return query
    update private.invitations
    -- the tokens of an earlier invitation end here
    set token_hashes = array[encode(sha256(convert_to(token, 'UTF8')), 'hex')]
    where invitations.id = invitation
    returning invitations.id, invitations.email, invitations.expires_at, token;
end
$$;
comment on function private.invite_member is 'What public.invite_member does, for an owner or the service.';
revoke execute on function private.invite_member from public, anon;
grant execute on function private.invite_member to authenticated, service_role;
