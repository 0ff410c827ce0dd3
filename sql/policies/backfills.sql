alter table public.backfills enable row level security;

grant select on public.backfills to authenticated;
grant select, insert, update, delete on public.backfills to service_role;

create policy "members can read the backfills of their workspaces"
on public.backfills for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
