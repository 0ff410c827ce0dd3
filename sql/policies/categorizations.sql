alter table public.categorizations enable row level security;

grant select on public.categorizations to authenticated;
grant select, insert, update, delete on public.categorizations to service_role;

create policy "members can read decisions of their workspaces"
on public.categorizations for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
