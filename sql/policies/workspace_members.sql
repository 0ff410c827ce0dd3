alter table public.workspace_members enable row level security;

grant select on public.workspace_members to authenticated;
grant select, insert, update, delete on public.workspace_members to service_role;

create policy "members can read the members of their workspaces"
on public.workspace_members for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
