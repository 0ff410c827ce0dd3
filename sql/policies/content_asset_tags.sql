alter table public.content_asset_tags enable row level security;

grant select on public.content_asset_tags to authenticated;
grant select, insert, update, delete on public.content_asset_tags to service_role;

create policy "members can read tag links of their workspaces"
on public.content_asset_tags for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));
