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
