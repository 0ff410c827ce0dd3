alter table public.campaigns enable row level security;

grant select on public.campaigns to authenticated;
grant select, insert, update, delete on public.campaigns to service_role;
grant insert (
    id, workspace_id, name, campaign_type, status, target_platforms, content_style,
    visual_style, hashtag_strategy, cta_pattern, estimated_cost, start_date, end_date,
    posting_frequency, optimal_times, primary_category, created_by
) on public.campaigns to authenticated;
grant update (
    name, campaign_type, status, target_platforms, content_style, visual_style,
    hashtag_strategy, cta_pattern, estimated_cost, start_date, end_date, posting_frequency,
    optimal_times, primary_category
) on public.campaigns to authenticated;
grant delete on public.campaigns to authenticated;

create policy "members can read campaigns of their workspaces"
on public.campaigns for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add campaigns to their workspaces"
on public.campaigns for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change campaigns of their workspaces"
on public.campaigns for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete campaigns of their workspaces"
on public.campaigns for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));
