alter table public.label_proposals enable row level security;

grant select on public.label_proposals to authenticated;
grant select, insert, update, delete on public.label_proposals to service_role;

create policy "members can read label proposals of their workspaces"
on public.label_proposals for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
