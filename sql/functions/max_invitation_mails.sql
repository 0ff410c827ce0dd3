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
