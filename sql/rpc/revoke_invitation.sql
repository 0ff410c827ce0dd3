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
