alter table public.api_key_log enable row level security;

grant select on public.api_key_log to authenticated;
grant select, insert, update, delete on public.api_key_log to service_role;

create policy "owners can read what was done with their api keys"
on public.api_key_log for select to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));
