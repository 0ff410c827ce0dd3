alter table public.categories enable row level security;

grant select on public.categories to authenticated;
grant select, insert, update, delete on public.categories to service_role;
grant insert (
    id, workspace_id, name, parent_id, description, keywords, examples, counter_examples,
    aliases, distinct_from, manual_only
) on public.categories to authenticated;
grant update (
    name, parent_id, description, keywords, examples, counter_examples, aliases, distinct_from,
    manual_only
) on public.categories to authenticated;
grant delete on public.categories to authenticated;

create policy "members can read categories of their workspaces"
on public.categories for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add categories to their workspaces"
on public.categories for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change categories of their workspaces"
on public.categories for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete categories of their workspaces"
on public.categories for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
