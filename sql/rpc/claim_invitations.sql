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
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    with
    due as (
        select invitations.id
        from private.invitations
        where
            invitations.mailed_at is null
            and invitations.mail_after <= clock_timestamp()
            and invitations.expires_at > clock_timestamp()
        order by invitations.mail_after
        limit least(greatest(coalesce(claim_invitations.batch, 10), 1), 100)
        for update skip locked
    ),

    fresh as materialized (
        select
            due.id,
            private.invitation_token(due.id) as token
        from due
    ),

    claimed as (
        update private.invitations
        set
            mail_attempt = invitations.mail_attempt + 1,
            mail_after = clock_timestamp() + make_interval(
                secs => least(greatest(coalesce(claim_invitations.lease_seconds, 300), 1), 3600)
            ),
            -- the link of an earlier try stays good: that mail may have arrived
            token_hashes = invitations.token_hashes || encode(sha256(convert_to(fresh.token, 'UTF8')), 'hex')
        from fresh
        where invitations.id = fresh.id
        returning
            invitations.id,
            invitations.mail_attempt,
            invitations.email,
            invitations.role,
            invitations.workspace_id,
            invitations.expires_at,
            fresh.token
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
$$;
comment on function public.claim_invitations is
'Take invitations whose mail is to be sent; each is to be answered with complete_invitation. For workers only.

One that is not answered before the lease ends is handed out again: no mail is lost, one may be sent twice.';
revoke execute on function public.claim_invitations from public, anon, authenticated;
grant execute on function public.claim_invitations to service_role;
