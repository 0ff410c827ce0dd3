alter table public.tag_groups enable row level security;

grant select on public.tag_groups to authenticated;
grant select, insert, update, delete on public.tag_groups to service_role;
grant insert (id, workspace_id, name, min_tags, max_tags) on public.tag_groups to authenticated;
grant update (name, min_tags, max_tags) on public.tag_groups to authenticated;
grant delete on public.tag_groups to authenticated;

create policy "members can read tag groups of their workspaces"
on public.tag_groups for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add tag groups to their workspaces"
on public.tag_groups for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change tag groups of their workspaces"
on public.tag_groups for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete tag groups of their workspaces"
on public.tag_groups for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
