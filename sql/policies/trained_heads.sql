alter table public.trained_heads enable row level security;

grant select on public.trained_heads to authenticated;
grant select, insert, update, delete on public.trained_heads to service_role;

create policy "members can read trained heads of their workspaces"
on public.trained_heads for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
