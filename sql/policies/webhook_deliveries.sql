alter table public.webhook_deliveries enable row level security;

grant select on public.webhook_deliveries to authenticated;
grant select, insert, update, delete on public.webhook_deliveries to service_role;

create policy "editors can read webhook deliveries of their workspaces"
on public.webhook_deliveries for select to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
