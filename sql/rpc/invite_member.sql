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
