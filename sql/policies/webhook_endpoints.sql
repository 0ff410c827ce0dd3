alter table public.webhook_endpoints enable row level security;

grant select on public.webhook_endpoints to authenticated;
grant select, insert, update, delete on public.webhook_endpoints to service_role;
grant insert (id, workspace_id, name, url, events, enabled) on public.webhook_endpoints to authenticated;
grant update (url, events, enabled) on public.webhook_endpoints to authenticated;
grant delete on public.webhook_endpoints to authenticated;

-- an address may hold a token of its receiver, so viewers do not see it
create policy "editors can read webhook endpoints of their workspaces"
on public.webhook_endpoints for select to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "owners can add webhook endpoints to their workspaces"
on public.webhook_endpoints for insert to authenticated
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can change webhook endpoints of their workspaces"
on public.webhook_endpoints for update to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()))
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can delete webhook endpoints of their workspaces"
on public.webhook_endpoints for delete to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));
