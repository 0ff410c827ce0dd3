create function private.tg_workspace_members__keep_owner()
    returns trigger
    language plpgsql
    security definer  -- looks at all members, and at accounts
    set search_path = ''
as $$
declare
    ownerless text;
begin
    -- Two owners who leave at once meet here. Locked in id order, and written too: a transaction whose snapshot is
    -- older than the other's end fails instead of trusting it.
    perform
    from public.workspaces
    where workspaces.id in (select old_rows.workspace_id from old_rows where old_rows.role = 'owner')
    order by workspaces.id
    for no key update;
    update public.workspaces
    set updated_at = now()
    where workspaces.id in (select old_rows.workspace_id from old_rows where old_rows.role = 'owner');

    -- a workspace that goes takes its members along; an account that goes may leave one that nobody else is in
    select format('%s (%s)', workspaces.id, workspaces.name) into ownerless
    from old_rows
    inner join public.workspaces on old_rows.workspace_id = workspaces.id
    where
        old_rows.role = 'owner'
        and not exists (
            select
            from public.workspace_members
            where
                workspace_members.workspace_id = old_rows.workspace_id
                and workspace_members.role = 'owner'
        )
        and (
            exists (select from auth.users where users.id = old_rows.user_id)
            or exists (
                select
                from public.workspace_members
                where workspace_members.workspace_id = old_rows.workspace_id
            )
        )
    order by workspaces.id
    limit 1;
    if found then
        raise exception using
            errcode = 'check_violation',
            message = format('workspace %s would be left without an owner', ownerless),
            hint = 'Make another member an owner first.';
    end if;
    return null;
end
$$;
comment on function private.tg_workspace_members__keep_owner is
'The last owner cannot leave, be removed or become something less.';
revoke execute on function private.tg_workspace_members__keep_owner from public, anon, authenticated, service_role;
