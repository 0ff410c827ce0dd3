-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  who joins, who leaves, and a workspace for everybody who signs up
-- Touches:  function private.add_workspace, private.create_workspace,
--           private.tg_users__create_workspace, private.tg_workspace_members__keep_owner,
--           private.check_owner, private.invitation_token, private.max_invitation_mails,
--           private.invite_member, private.accept_invitation, private.revoke_invitation,
--           private.list_invitations, private.list_members, private.remove_member,
--           public.create_workspace, public.invite_member, public.accept_invitation,
--           public.revoke_invitation, public.list_invitations, public.list_members,
--           public.remove_member, public.claim_invitations, public.complete_invitation
-- Mirrors:  sql/functions/add_workspace.sql, sql/functions/create_workspace.sql,
--           sql/functions/tg_users__create_workspace.sql,
--           sql/functions/tg_workspace_members__keep_owner.sql, sql/functions/check_owner.sql,
--           sql/functions/invitation_token.sql, sql/functions/max_invitation_mails.sql,
--           sql/functions/invite_member.sql, sql/functions/accept_invitation.sql,
--           sql/functions/revoke_invitation.sql, sql/functions/list_invitations.sql,
--           sql/functions/list_members.sql, sql/functions/remove_member.sql,
--           sql/rpc/create_workspace.sql, sql/rpc/invite_member.sql, sql/rpc/accept_invitation.sql,
--           sql/rpc/revoke_invitation.sql, sql/rpc/list_invitations.sql, sql/rpc/list_members.sql,
--           sql/rpc/remove_member.sql, sql/rpc/claim_invitations.sql,
--           sql/rpc/complete_invitation.sql, sql/triggers/users.sql,
--           sql/triggers/workspace_members.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/add_workspace.sql
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

-- sql/functions/create_workspace.sql
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

-- sql/functions/tg_users__create_workspace.sql
create function private.tg_users__create_workspace()
    returns trigger
    language plpgsql
    security definer  -- the auth server, which writes auth.users, may not write here
    set search_path = ''
as $$
declare
    wanted text := nullif(btrim(new.raw_user_meta_data ->> 'workspace_name', e' \t\r\n'), '');
begin
    -- An error below ends the sign-up: better a visible failure than a user without workspace. So nothing below may
    -- fail for what the user wrote about herself, and all of that may be missing.
    if
        new.is_anonymous
        or exists (select from public.workspace_members where workspace_members.user_id = new.id)
        -- the user of a key, whose id nobody who signs up can choose
        or exists (select from public.api_keys where api_keys.id = new.id)
    then
        return null;
    end if;
    -- she comes for another's workspace; with one of her own too she would have to name one in each insert
    if
        wanted is null
        and exists (
            select
            from private.invitations
            where invitations.email = lower(new.email) and invitations.expires_at > clock_timestamp()
        )
    then
        return null;
    end if;
    perform private.add_workspace(coalesce(wanted, split_part(new.email, '@', 1)), new.id);
    return null;
end
$$;
comment on function private.tg_users__create_workspace is
'Gives a new user a workspace, named as signing up said (workspace_name), else like her address.

Anonymous ones get it when they become permanent. Who is invited and named none gets none; where the invitation is gone
by the time her address is confirmed, she gets it then.';
revoke execute on function private.tg_users__create_workspace from public, anon, authenticated, service_role;

-- sql/functions/tg_workspace_members__keep_owner.sql
create function private.tg_workspace_members__keep_owner()
    returns trigger
    language plpgsql
    security definer  -- looks at all members, and at accounts
    set search_path = ''
as $$
declare
    ownerless text;
begin
    -- Two owners who leave at once meet here. Locked in id order, and written too: a transaction whose snapshot is
    -- older than the other's end fails instead of trusting it.
    perform
    from public.workspaces
    where workspaces.id in (select old_rows.workspace_id from old_rows where old_rows.role = 'owner')
    order by workspaces.id
    for no key update;
    update public.workspaces
    set updated_at = now()
    where workspaces.id in (select old_rows.workspace_id from old_rows where old_rows.role = 'owner');

    -- a workspace that goes takes its members along; an account that goes may leave one that nobody else is in
    select format('%s (%s)', workspaces.id, workspaces.name) into ownerless
    from old_rows
    inner join public.workspaces on old_rows.workspace_id = workspaces.id
    where
        old_rows.role = 'owner'
        and not exists (
            select
            from public.workspace_members
            where
                workspace_members.workspace_id = old_rows.workspace_id
                and workspace_members.role = 'owner'
        )
        and (
            exists (select from auth.users where users.id = old_rows.user_id)
            or exists (
                select
                from public.workspace_members
                where workspace_members.workspace_id = old_rows.workspace_id
            )
        )
    order by workspaces.id
    limit 1;
    if found then
        raise exception using
            errcode = 'check_violation',
            message = format('workspace %s would be left without an owner', ownerless),
            hint = 'Make another member an owner first.';
    end if;
    return null;
end
$$;
comment on function private.tg_workspace_members__keep_owner is
'The last owner cannot leave, be removed or become something less.';
revoke execute on function private.tg_workspace_members__keep_owner from public, anon, authenticated, service_role;

-- sql/functions/check_owner.sql
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

-- sql/functions/invitation_token.sql
create function private.invitation_token(invitation_id uuid)
    returns text
    language sql
    volatile
    set search_path = ''
as $$
    -- the id, which finds the row, and 244 random bits, which nobody guesses
    select
        replace(invitation_token.invitation_id::text, '-', '')
        || encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
$$;
comment on function private.invitation_token is 'A new secret for an invitation: 96 hex digits, kept only as a hash.';
revoke execute on function private.invitation_token from public, anon, authenticated;
grant execute on function private.invitation_token to service_role;

-- sql/functions/max_invitation_mails.sql
create function private.max_invitation_mails()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 50;
$$;
comment on function private.max_invitation_mails is
'Mails of invitations that a workspace may try to send in an hour; further ones wait.';
revoke execute on function private.max_invitation_mails from public, anon, authenticated;
grant execute on function private.max_invitation_mails to service_role;

-- sql/functions/invite_member.sql
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

-- sql/functions/accept_invitation.sql
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

-- sql/functions/revoke_invitation.sql
create function private.revoke_invitation(invitation_id uuid)
    returns void
    language plpgsql
    security definer  -- private.invitations is not for callers; ownership is checked below
    set search_path = ''
as $$
begin
    delete from private.invitations
    where
        invitations.id = revoke_invitation.invitation_id
        and (
            private.caller_is_service()
            or invitations.workspace_id in (select private.caller_owned_workspace_ids())
        );
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format(
                'no invitation %s in a workspace of yours', coalesce(revoke_invitation.invitation_id::text, 'null')
            ),
            hint = 'list_invitations says which there are.';
    end if;
end
$$;
comment on function private.revoke_invitation is 'What public.revoke_invitation does, for an owner or the service.';
revoke execute on function private.revoke_invitation from public, anon;
grant execute on function private.revoke_invitation to authenticated, service_role;

-- sql/functions/list_invitations.sql
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

-- sql/functions/list_members.sql
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

-- sql/functions/remove_member.sql
create function private.remove_member(workspace_id uuid, email text)
    returns void
    language plpgsql
    security definer  -- the addresses are in auth.users, and invitations are not for callers
    set search_path = ''
as $$
#variable_conflict use_column
declare
    address text := lower(btrim(remove_member.email, e' \t\r\n'));
    member uuid := (
        select workspace_members.user_id
        from public.workspace_members
        inner join auth.users on workspace_members.user_id = users.id
        where workspace_members.workspace_id = remove_member.workspace_id and lower(users.email) = address
        order by workspace_members.created_at
        limit 1
    );
    removed boolean;
begin
    -- everybody may leave
    if member is null or member is distinct from (select auth.uid()) then
        perform private.check_owner(remove_member.workspace_id);
    end if;
    delete from public.workspace_members
    where workspace_members.workspace_id = remove_member.workspace_id and workspace_members.user_id = member;
    removed := found;
    delete from private.invitations
    where invitations.workspace_id = remove_member.workspace_id and invitations.email = address;
    if not (removed or found) then
        raise exception using
            errcode = 'PT404',
            message = format(
                'nobody with the address %L is in the workspace or invited to it', remove_member.email
            ),
            hint = 'list_members and list_invitations say who is.';
    end if;
end
$$;
comment on function private.remove_member is
'What public.remove_member does, for an owner, the service, or who leaves.';
revoke execute on function private.remove_member from public, anon;
grant execute on function private.remove_member to authenticated, service_role;

-- sql/rpc/create_workspace.sql
create function public.create_workspace(
    -- not blank; longer than 100 characters: the beginning
    name text,
    -- for the service alone: a workspace that has it already is answered as it is
    id uuid default null
)
    returns setof public.workspaces
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    made uuid := private.create_workspace(create_workspace.name, create_workspace.id);
begin
    return query select * from public.workspaces where workspaces.id = made;
end
$$;
comment on function public.create_workspace is
'Create a workspace with the default vocabulary, owned by the caller; the service''s has no member yet.

Signing up creates the first one, unless an invitation waits for the address; this is for further ones.';
revoke execute on function public.create_workspace from public, anon;
grant execute on function public.create_workspace to authenticated, service_role;

-- sql/rpc/invite_member.sql
create function public.invite_member(
    workspace_id uuid,
    -- one that is invited already is invited anew, and its earlier links end
    email text,
    -- owner, editor or viewer
    role text default 'editor'
)
    returns table (
        id uuid,
        -- as it is kept
        address text,
        expires_at timestamptz,
        -- for accept_invitation; shown once, as only its hash is kept
        token text
    )
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select *
    from private.invite_member(invite_member.workspace_id, invite_member.email, invite_member.role);
$$;
comment on function public.invite_member is
'Invite somebody into a workspace by e-mail. For its owners.

A worker sends the mail; the token may be handed over by other means too. Only the owner of the address can accept.';
revoke execute on function public.invite_member from public, anon;
grant execute on function public.invite_member to authenticated, service_role;

-- sql/rpc/accept_invitation.sql
create function public.accept_invitation(
    -- from the mail, or from who invited
    token text
)
    returns table (workspace_id uuid, workspace_name text, role text)
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select * from private.accept_invitation(accept_invitation.token);
$$;
comment on function public.accept_invitation is
'Join the workspace one was invited to. For the user whose confirmed address was invited.';
revoke execute on function public.accept_invitation from public, anon, service_role;
grant execute on function public.accept_invitation to authenticated;

-- sql/rpc/revoke_invitation.sql
create function public.revoke_invitation(invitation_id uuid)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.revoke_invitation(revoke_invitation.invitation_id);
$$;
comment on function public.revoke_invitation is
'Take an invitation back. For owners of its workspace.

Its links end at once; a mail under way may still arrive.';
revoke execute on function public.revoke_invitation from public, anon;
grant execute on function public.revoke_invitation to authenticated, service_role;

-- sql/rpc/list_invitations.sql
create function public.list_invitations(
    -- null: of all the caller owns
    workspace_id uuid default null
)
    -- oldest first; expired ones too
    returns table (
        id uuid,
        workspace_name text,
        email text,
        role text,
        -- null: the service
        invited_by uuid,
        -- null: a worker is still to send it
        mailed_at timestamptz,
        -- why the last try to send it failed
        mail_error text,
        expires_at timestamptz,
        created_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.list_invitations(list_invitations.workspace_id);
$$;
comment on function public.list_invitations is
'Who was invited and has not answered yet. For owners; nobody else sees any.';
revoke execute on function public.list_invitations from public, anon;
grant execute on function public.list_invitations to authenticated, service_role;

-- sql/rpc/list_members.sql
create function public.list_members(
    -- null: of all the caller belongs to
    workspace_id uuid default null
)
    -- by workspace, then by how long they are in it
    returns table (
        workspace_name text,
        user_id uuid,
        -- null: signed up without one
        email text,
        role text,
        created_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.list_members(list_members.workspace_id);
$$;
comment on function public.list_members is
'Who belongs to a workspace, with the addresses that only the auth server knows. For its members.';
revoke execute on function public.list_members from public, anon;
grant execute on function public.list_members to authenticated, service_role;

-- sql/rpc/remove_member.sql
create function public.remove_member(
    workspace_id uuid,
    -- of a member, or of somebody who is only invited
    email text
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.remove_member(remove_member.workspace_id, remove_member.email);
$$;
comment on function public.remove_member is
'Take somebody out of a workspace by her address, with any invitation to it. For owners; everybody may leave.

The last owner among members stays.';
revoke execute on function public.remove_member from public, anon;
grant execute on function public.remove_member to authenticated, service_role;

-- sql/rpc/claim_invitations.sql
create function public.claim_invitations(
    -- mails to send at once; values outside 1..100 are clamped
    batch integer default 10,
    -- after that long without an answer another worker tries; values outside 1..3600 are clamped
    lease_seconds integer default 300
)
    returns table (
        id uuid,
        attempt integer,
        email text,
        role text,
        workspace_name text,
        expires_at timestamptz,
        -- made for this mail
        token text
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz;
begin
    -- one claim at a time, or two would not see each other's mails and send twice as many in an hour
    perform pg_advisory_xact_lock(hashtext('campaignbase.claim_invitations'));
    moment := clock_timestamp();
    delete from private.invitation_mails
    where invitation_mails.tried_at <= moment - interval '1 hour';

    return query
    with
    waiting as (
        select
            invitations.id,
            invitations.workspace_id,
            invitations.mail_after,
            row_number() over (
                partition by invitations.workspace_id order by invitations.mail_after, invitations.id
            ) as place
        from private.invitations
        where
            invitations.mailed_at is null
            and invitations.mail_after <= moment
            and invitations.expires_at > moment
    ),

    allowed as materialized (
        select waiting.id
        from waiting
        where waiting.place <= private.max_invitation_mails() - (
            select count(*)
            from private.invitation_mails
            where invitation_mails.workspace_id = waiting.workspace_id
        )
        order by waiting.mail_after, waiting.id
        limit least(greatest(coalesce(claim_invitations.batch, 10), 1), 100)
    ),

    due as materialized (
        select
            invitations.id,
            invitations.workspace_id,
            private.invitation_token(invitations.id) as token
        from private.invitations
        where
            invitations.id in (select allowed.id from allowed)
            and invitations.mailed_at is null
            and invitations.mail_after <= moment
        for update skip locked
    ),

    tried as (
        insert into private.invitation_mails (workspace_id, tried_at)
        select
            due.workspace_id,
            moment
        from due
    ),

    claimed as (
        update private.invitations
        set
            mail_attempt = invitations.mail_attempt + 1,
            mail_after = moment + make_interval(
                secs => least(greatest(coalesce(claim_invitations.lease_seconds, 300), 1), 3600)
            ),
            -- the link of an earlier try stays good: that mail may have arrived
            token_hashes = invitations.token_hashes || encode(sha256(convert_to(due.token, 'UTF8')), 'hex')
        from due
        where invitations.id = due.id
        returning
            invitations.id,
            invitations.mail_attempt,
            invitations.email,
            invitations.role,
            invitations.workspace_id,
            invitations.expires_at,
            due.token
    )

    select
        claimed.id,
        claimed.mail_attempt,
        claimed.email,
        claimed.role,
        workspaces.name,
        claimed.expires_at,
        claimed.token
    from claimed
    inner join public.workspaces on claimed.workspace_id = workspaces.id;
end
$$;
comment on function public.claim_invitations is
'Take invitations whose mail is to be sent; each is to be answered with complete_invitation. For workers only.

One that is not answered before the lease ends is handed out again: no mail is lost, one may be sent twice. A workspace
has 50 tries in an hour, whatever becomes of them and of their invitations; what is beyond waits.';
revoke execute on function public.claim_invitations from public, anon, authenticated;
grant execute on function public.claim_invitations to service_role;

-- sql/rpc/complete_invitation.sql
create function public.complete_invitation(
    invitation_id uuid,
    -- as claim_invitations gave it
    attempt integer,
    -- null: the mail is sent; else it is tried again, later each time
    error text default null,
    -- not again: only another invitation to the same address starts anew
    permanent boolean default false
)
    -- false: it was revoked, accepted or claimed again meanwhile
    returns boolean
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    with answered as (
        update private.invitations
        set
            mailed_at = case when complete_invitation.error is null then clock_timestamp() end,
            mail_error = left(complete_invitation.error, 500),
            mail_after = case
                when complete_invitation.permanent then invitations.expires_at
                -- half a minute, a minute, ... up to two hours
                else clock_timestamp() + interval '30 seconds' * 2 ^ least(invitations.mail_attempt - 1, 8)
            end
        where
            invitations.id = complete_invitation.invitation_id
            and invitations.mail_attempt = complete_invitation.attempt
            and invitations.mailed_at is null
        returning invitations.id
    )

    select exists (select from answered);
$$;
comment on function public.complete_invitation is
'Say what became of an invitation''s mail. For workers only.';
revoke execute on function public.complete_invitation from public, anon, authenticated;
grant execute on function public.complete_invitation to service_role;

-- sql/triggers/users.sql
create trigger _500_create_campaignbase_workspace
after insert on auth.users
for each row execute function private.tg_users__create_workspace();

create trigger _510_create_campaignbase_workspace
after update of is_anonymous on auth.users
for each row
when (old.is_anonymous and not new.is_anonymous)
execute function private.tg_users__create_workspace();

create trigger _520_create_campaignbase_workspace
after update of email_confirmed_at on auth.users
for each row
when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
execute function private.tg_users__create_workspace();

-- sql/triggers/workspace_members.sql
create trigger _050_keep_owner_update
after update on public.workspace_members
referencing old table as old_rows
for each statement execute function private.tg_workspace_members__keep_owner();

create trigger _050_keep_owner_delete
after delete on public.workspace_members
referencing old table as old_rows
for each statement execute function private.tg_workspace_members__keep_owner();
