alter table public.approvals enable row level security;

grant select on public.approvals to authenticated;
grant select, insert, update, delete on public.approvals to service_role;

create policy "members can read approvals of their workspaces"
on public.approvals for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
