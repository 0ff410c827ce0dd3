alter table public.gate_verdicts enable row level security;

grant select on public.gate_verdicts to authenticated;
grant select, insert, update, delete on public.gate_verdicts to service_role;

create policy "members can read gate verdicts of their workspaces"
on public.gate_verdicts for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
