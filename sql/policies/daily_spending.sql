alter table public.daily_spending enable row level security;

grant select on public.daily_spending to authenticated;
grant select, insert, update, delete on public.daily_spending to service_role;

create policy "members can read the daily spending of their workspaces"
on public.daily_spending for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
