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
