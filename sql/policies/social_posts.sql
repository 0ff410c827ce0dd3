alter table public.social_posts enable row level security;

grant select on public.social_posts to authenticated;
grant select, insert, update, delete on public.social_posts to service_role;
grant insert (
    id, workspace_id, campaign_id, content_asset_id, platform, post_text, media_urls,
    scheduled_time, hashtags, mentions
) on public.social_posts to authenticated;
grant update (
    campaign_id, content_asset_id, platform, post_text, media_urls, scheduled_time, hashtags,
    mentions
) on public.social_posts to authenticated;
grant delete on public.social_posts to authenticated;

create policy "members can read posts of their workspaces"
on public.social_posts for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add posts to their workspaces"
on public.social_posts for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change posts of their workspaces"
on public.social_posts for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete posts of their workspaces"
on public.social_posts for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
