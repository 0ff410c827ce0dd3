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
