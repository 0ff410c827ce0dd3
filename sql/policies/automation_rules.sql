alter table public.automation_rules enable row level security;

grant select on public.automation_rules to authenticated;
grant select, insert, update, delete on public.automation_rules to service_role;
grant insert (
    id, workspace_id, name, rule_type, conditions, actions, priority, enabled
) on public.automation_rules to authenticated;
grant update (
    name, rule_type, conditions, actions, priority, enabled
) on public.automation_rules to authenticated;
grant delete on public.automation_rules to authenticated;

create policy "members can read rules of their workspaces"
on public.automation_rules for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add rules to their workspaces"
on public.automation_rules for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change rules of their workspaces"
on public.automation_rules for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete rules of their workspaces"
on public.automation_rules for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
