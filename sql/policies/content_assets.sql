alter table public.content_assets enable row level security;

grant select on public.content_assets to authenticated;
grant select, insert, update, delete on public.content_assets to service_role;
grant insert (
    id, workspace_id, campaign_id, source_key, asset_type, content, file_path, file_url,
    alt_text, generator, prompt, parameters, generation_cost, generation_time_ms,
    primary_category, tags, sentiment, target_audience, golden
) on public.content_assets to authenticated;
grant update (
    campaign_id, source_key, asset_type, content, file_path, file_url, alt_text, generator,
    prompt, parameters, generation_cost, generation_time_ms, primary_category, tags, sentiment,
    target_audience, golden
) on public.content_assets to authenticated;
grant delete on public.content_assets to authenticated;

create policy "members can read content assets of their workspaces"
on public.content_assets for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add content assets to their workspaces"
on public.content_assets for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change content assets of their workspaces"
on public.content_assets for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete content assets of their workspaces"
on public.content_assets for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
