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
