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
