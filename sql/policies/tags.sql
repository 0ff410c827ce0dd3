alter table public.tags enable row level security;

grant select on public.tags to authenticated;
grant select, insert, update, delete on public.tags to service_role;
grant insert (
    id, workspace_id, name, tag_type, tag_group, description, keywords, examples, counter_examples,
    aliases, distinct_from, manual_only
) on public.tags to authenticated;
grant update (
    name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, distinct_from,
    manual_only
) on public.tags to authenticated;
grant delete on public.tags to authenticated;

create policy "members can read tags of their workspaces"
on public.tags for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add tags to their workspaces"
on public.tags for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change tags of their workspaces"
on public.tags for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete tags of their workspaces"
on public.tags for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
