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
