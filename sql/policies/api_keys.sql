alter table public.api_keys enable row level security;

grant select on public.api_keys to authenticated;
grant select, insert, update, delete on public.api_keys to service_role;

create policy "owners can read the api keys of their workspaces"
on public.api_keys for select to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));
