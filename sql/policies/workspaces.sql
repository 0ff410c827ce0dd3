alter table public.workspaces enable row level security;

grant select on public.workspaces to authenticated;
grant select, insert, update, delete on public.workspaces to service_role;
grant update (name, timezone, promote_after) on public.workspaces to authenticated;

create policy "members can read their workspaces"
on public.workspaces for select to authenticated
using (id in (select private.caller_workspace_ids()));

create policy "owners can change their workspaces"
on public.workspaces for update to authenticated
using (id in (select private.caller_owned_workspace_ids()))
with check (id in (select private.caller_owned_workspace_ids()));
