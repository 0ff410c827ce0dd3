alter table public.label_proposal_uses enable row level security;

grant select on public.label_proposal_uses to authenticated;
grant select, insert, update, delete on public.label_proposal_uses to service_role;

create policy "members can read label proposal uses of their workspaces"
on public.label_proposal_uses for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
