alter table public.workspace_members enable row level security;

grant select on public.workspace_members to authenticated;
grant select, insert, update, delete on public.workspace_members to service_role;
-- members come by invitation
grant update (role) on public.workspace_members to authenticated;
grant delete on public.workspace_members to authenticated;

create policy "members can read the members of their workspaces"
on public.workspace_members for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "owners can change what members may do"
on public.workspace_members for update to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()))
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can remove members and everybody can leave"
on public.workspace_members for delete to authenticated
using (
    workspace_id in (select private.caller_owned_workspace_ids())
    or user_id = (select auth.uid())
);
