alter table public.spending enable row level security;

grant select on public.spending to authenticated;
grant select, insert, update, delete on public.spending to service_role;

create policy "members can read the spending of their workspaces"
on public.spending for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
