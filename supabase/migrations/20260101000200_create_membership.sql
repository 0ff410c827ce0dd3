-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  who may see and write what
-- Touches:  function private.acting_machine, private.caller_is_service,
--           private.caller_workspace_ids, private.caller_editable_workspace_ids,
--           private.caller_owned_workspace_ids
-- Mirrors:  sql/functions/acting_machine.sql, sql/functions/caller_is_service.sql,
--           sql/functions/caller_workspace_ids.sql,
--           sql/functions/caller_editable_workspace_ids.sql,
--           sql/functions/caller_owned_workspace_ids.sql, sql/policies/workspaces.sql,
--           sql/policies/workspace_members.sql, sql/policies/categories.sql,
--           sql/policies/tag_groups.sql, sql/policies/tags.sql, sql/policies/label_proposals.sql,
--           sql/policies/label_proposal_uses.sql, sql/policies/campaigns.sql,
--           sql/policies/content_assets.sql, sql/policies/content_asset_tags.sql,
--           sql/policies/social_posts.sql, sql/policies/approvals.sql,
--           sql/policies/automation_rules.sql, sql/policies/webhook_endpoints.sql,
--           sql/policies/webhook_deliveries.sql, sql/policies/categorizations.sql,
--           sql/policies/cache_entries.sql, sql/policies/api_keys.sql,
--           sql/policies/api_key_log.sql, sql/policies/daily_spending.sql,
--           sql/policies/spending.sql, sql/policies/backfills.sql, sql/policies/model_batches.sql,
--           sql/policies/trained_heads.sql, sql/policies/gate_verdicts.sql,
--           sql/policies/private.sql, sql/policies/realtime.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/acting_machine.sql
create function private.acting_machine()
    returns boolean
    language sql
    stable
    parallel safe
    set search_path = ''
as $$
    select coalesce(current_setting('campaignbase.actor', true), '') <> '';
$$;
comment on function private.acting_machine is
'True inside a transaction in which one of our functions writes labels; every other write is a person''s.';
revoke execute on function private.acting_machine from public, anon;
grant execute on function private.acting_machine to authenticated, service_role;

-- sql/functions/caller_is_service.sql
create function private.caller_is_service()
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- by the role the session took or logged in with, not by a missing token: an anonymous caller has no user id either
    select
        pg_roles.rolsuper
        or pg_roles.rolbypassrls
        or pg_roles.oid = (select pg_namespace.nspowner from pg_catalog.pg_namespace where nspname = 'private')
    from pg_catalog.pg_roles
    where pg_roles.rolname = coalesce(nullif(nullif(current_setting('role', true), ''), 'none'), session_user);
$$;
comment on function private.caller_is_service is
'True when the session acts as a role that row level security does not bind, also inside a security definer function.';
revoke execute on function private.caller_is_service from public, anon;
grant execute on function private.caller_is_service to authenticated, service_role;

-- sql/functions/caller_workspace_ids.sql
create function private.caller_workspace_ids()
    returns setof uuid
    language sql
    stable
    security definer  -- reads memberships whatever the policy on them says, or that policy would call itself
    set search_path = ''
as $$
    select workspace_members.workspace_id
    from public.workspace_members
    where
        workspace_members.user_id = (select auth.uid())
        and workspace_members.role in ('owner', 'editor', 'viewer')
    union all
    select api_keys.workspace_id
    from public.api_keys
    where
        api_keys.id = (select auth.uid())
        and api_keys.revoked_at is null
        and (api_keys.expires_at is null or api_keys.expires_at > now());
$$;
comment on function private.caller_workspace_ids is
'Workspaces the caller belongs to: as a member, or as an API key that is still good.';
revoke execute on function private.caller_workspace_ids from public, anon;
grant execute on function private.caller_workspace_ids to authenticated, service_role;

-- sql/functions/caller_editable_workspace_ids.sql
create function private.caller_editable_workspace_ids()
    returns setof uuid
    language sql
    stable
    security definer  -- reads memberships whatever the policy on them says, or that policy would call itself
    set search_path = ''
as $$
    select workspace_members.workspace_id
    from public.workspace_members
    where
        workspace_members.user_id = (select auth.uid())
        and workspace_members.role in ('owner', 'editor')
    union all
    select api_keys.workspace_id
    from public.api_keys
    where
        api_keys.id = (select auth.uid())
        and api_keys.role = 'editor'
        and api_keys.revoked_at is null
        and (api_keys.expires_at is null or api_keys.expires_at > now());
$$;
comment on function private.caller_editable_workspace_ids is
'Workspaces the caller may write content, vocabulary and rules in.';
revoke execute on function private.caller_editable_workspace_ids from public, anon;
grant execute on function private.caller_editable_workspace_ids to authenticated, service_role;

-- sql/functions/caller_owned_workspace_ids.sql
create function private.caller_owned_workspace_ids()
    returns setof uuid
    language sql
    stable
    security definer  -- reads memberships whatever the policy on them says, or that policy would call itself
    set search_path = ''
as $$
    select workspace_members.workspace_id
    from public.workspace_members
    where
        workspace_members.user_id = (select auth.uid())
        and workspace_members.role in ('owner');
$$;
comment on function private.caller_owned_workspace_ids is 'Workspaces the caller owns.';
revoke execute on function private.caller_owned_workspace_ids from public, anon;
grant execute on function private.caller_owned_workspace_ids to authenticated, service_role;

-- sql/policies/workspaces.sql
alter table public.workspaces enable row level security;

grant select on public.workspaces to authenticated;
grant select, insert, update, delete on public.workspaces to service_role;
grant update (name, timezone, promote_after) on public.workspaces to authenticated;

create policy "members can read their workspaces"
on public.workspaces for select to authenticated
using (id in (select private.caller_workspace_ids()));

create policy "owners can change their workspaces"
on public.workspaces for update to authenticated
using (id in (select private.caller_owned_workspace_ids()))
with check (id in (select private.caller_owned_workspace_ids()));

-- sql/policies/workspace_members.sql
alter table public.workspace_members enable row level security;

grant select on public.workspace_members to authenticated;
grant select, insert, update, delete on public.workspace_members to service_role;
-- members come by invitation
grant update (role) on public.workspace_members to authenticated;
grant delete on public.workspace_members to authenticated;

create policy "members can read the members of their workspaces"
on public.workspace_members for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "owners can change what members may do"
on public.workspace_members for update to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()))
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can remove members and everybody can leave"
on public.workspace_members for delete to authenticated
using (
    workspace_id in (select private.caller_owned_workspace_ids())
    or user_id = (select auth.uid())
);

-- sql/policies/categories.sql
alter table public.categories enable row level security;

grant select on public.categories to authenticated;
grant select, insert, update, delete on public.categories to service_role;
grant insert (
    id, workspace_id, name, parent_id, description, keywords, examples, counter_examples,
    aliases, distinct_from, manual_only
) on public.categories to authenticated;
grant update (
    name, parent_id, description, keywords, examples, counter_examples, aliases, distinct_from,
    manual_only
) on public.categories to authenticated;
grant delete on public.categories to authenticated;

create policy "members can read categories of their workspaces"
on public.categories for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add categories to their workspaces"
on public.categories for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change categories of their workspaces"
on public.categories for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete categories of their workspaces"
on public.categories for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

-- sql/policies/tag_groups.sql
alter table public.tag_groups enable row level security;

grant select on public.tag_groups to authenticated;
grant select, insert, update, delete on public.tag_groups to service_role;
grant insert (id, workspace_id, name, min_tags, max_tags) on public.tag_groups to authenticated;
grant update (name, min_tags, max_tags) on public.tag_groups to authenticated;
grant delete on public.tag_groups to authenticated;

create policy "members can read tag groups of their workspaces"
on public.tag_groups for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add tag groups to their workspaces"
on public.tag_groups for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change tag groups of their workspaces"
on public.tag_groups for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete tag groups of their workspaces"
on public.tag_groups for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

-- sql/policies/tags.sql
alter table public.tags enable row level security;

grant select on public.tags to authenticated;
grant select, insert, update, delete on public.tags to service_role;
grant insert (
    id, workspace_id, name, tag_type, tag_group, description, keywords, examples, counter_examples,
    aliases, distinct_from, manual_only
) on public.tags to authenticated;
grant update (
    name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, distinct_from,
    manual_only
) on public.tags to authenticated;
grant delete on public.tags to authenticated;

create policy "members can read tags of their workspaces"
on public.tags for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add tags to their workspaces"
on public.tags for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change tags of their workspaces"
on public.tags for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete tags of their workspaces"
on public.tags for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

-- sql/policies/label_proposals.sql
alter table public.label_proposals enable row level security;

grant select on public.label_proposals to authenticated;
grant select, insert, update, delete on public.label_proposals to service_role;

create policy "members can read label proposals of their workspaces"
on public.label_proposals for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/label_proposal_uses.sql
alter table public.label_proposal_uses enable row level security;

grant select on public.label_proposal_uses to authenticated;
grant select, insert, update, delete on public.label_proposal_uses to service_role;

create policy "members can read label proposal uses of their workspaces"
on public.label_proposal_uses for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/campaigns.sql
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

-- sql/policies/content_assets.sql
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

-- sql/policies/content_asset_tags.sql
alter table public.content_asset_tags enable row level security;

grant select on public.content_asset_tags to authenticated;
grant select, insert, update, delete on public.content_asset_tags to service_role;

create policy "members can read tag links of their workspaces"
on public.content_asset_tags for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/social_posts.sql
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

-- sql/policies/approvals.sql
alter table public.approvals enable row level security;

grant select on public.approvals to authenticated;
grant select, insert, update, delete on public.approvals to service_role;

create policy "members can read approvals of their workspaces"
on public.approvals for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/automation_rules.sql
alter table public.automation_rules enable row level security;

grant select on public.automation_rules to authenticated;
grant select, insert, update, delete on public.automation_rules to service_role;
grant insert (
    id, workspace_id, name, rule_type, conditions, actions, priority, enabled
) on public.automation_rules to authenticated;
grant update (
    name, rule_type, conditions, actions, priority, enabled
) on public.automation_rules to authenticated;
grant delete on public.automation_rules to authenticated;

create policy "members can read rules of their workspaces"
on public.automation_rules for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

create policy "editors can add rules to their workspaces"
on public.automation_rules for insert to authenticated
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can change rules of their workspaces"
on public.automation_rules for update to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()))
with check (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "editors can delete rules of their workspaces"
on public.automation_rules for delete to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

-- sql/policies/webhook_endpoints.sql
alter table public.webhook_endpoints enable row level security;

grant select on public.webhook_endpoints to authenticated;
grant select, insert, update, delete on public.webhook_endpoints to service_role;
grant insert (id, workspace_id, name, url, events, enabled) on public.webhook_endpoints to authenticated;
grant update (url, events, enabled) on public.webhook_endpoints to authenticated;
grant delete on public.webhook_endpoints to authenticated;

-- an address may hold a token of its receiver, so viewers do not see it
create policy "editors can read webhook endpoints of their workspaces"
on public.webhook_endpoints for select to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

create policy "owners can add webhook endpoints to their workspaces"
on public.webhook_endpoints for insert to authenticated
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can change webhook endpoints of their workspaces"
on public.webhook_endpoints for update to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()))
with check (workspace_id in (select private.caller_owned_workspace_ids()));

create policy "owners can delete webhook endpoints of their workspaces"
on public.webhook_endpoints for delete to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));

-- sql/policies/webhook_deliveries.sql
alter table public.webhook_deliveries enable row level security;

grant select on public.webhook_deliveries to authenticated;
grant select, insert, update, delete on public.webhook_deliveries to service_role;

create policy "editors can read webhook deliveries of their workspaces"
on public.webhook_deliveries for select to authenticated
using (workspace_id in (select private.caller_editable_workspace_ids()));

-- sql/policies/categorizations.sql
alter table public.categorizations enable row level security;

grant select on public.categorizations to authenticated;
grant select, insert, update, delete on public.categorizations to service_role;

create policy "members can read decisions of their workspaces"
on public.categorizations for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/cache_entries.sql
alter table public.cache_entries enable row level security;

-- for the service alone, which row level security does not bind; nobody else holds a grant, so there is no policy
grant select, insert, update, delete on public.cache_entries to service_role;

-- sql/policies/api_keys.sql
alter table public.api_keys enable row level security;

grant select on public.api_keys to authenticated;
grant select, insert, update, delete on public.api_keys to service_role;

create policy "owners can read the api keys of their workspaces"
on public.api_keys for select to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));

-- sql/policies/api_key_log.sql
alter table public.api_key_log enable row level security;

grant select on public.api_key_log to authenticated;
grant select, insert, update, delete on public.api_key_log to service_role;

create policy "owners can read what was done with their api keys"
on public.api_key_log for select to authenticated
using (workspace_id in (select private.caller_owned_workspace_ids()));

-- sql/policies/daily_spending.sql
alter table public.daily_spending enable row level security;

grant select on public.daily_spending to authenticated;
grant select, insert, update, delete on public.daily_spending to service_role;

create policy "members can read the daily spending of their workspaces"
on public.daily_spending for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/spending.sql
alter table public.spending enable row level security;

grant select on public.spending to authenticated;
grant select, insert, update, delete on public.spending to service_role;

create policy "members can read the spending of their workspaces"
on public.spending for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/backfills.sql
alter table public.backfills enable row level security;

grant select on public.backfills to authenticated;
grant select, insert, update, delete on public.backfills to service_role;

create policy "members can read the backfills of their workspaces"
on public.backfills for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/model_batches.sql
alter table public.model_batches enable row level security;

-- for the service alone, which row level security does not bind; nobody else holds a grant, so there is no policy
grant select, insert, update, delete on public.model_batches to service_role;

-- sql/policies/trained_heads.sql
alter table public.trained_heads enable row level security;

grant select on public.trained_heads to authenticated;
grant select, insert, update, delete on public.trained_heads to service_role;

create policy "members can read trained heads of their workspaces"
on public.trained_heads for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/gate_verdicts.sql
alter table public.gate_verdicts enable row level security;

grant select on public.gate_verdicts to authenticated;
grant select, insert, update, delete on public.gate_verdicts to service_role;

create policy "members can read gate verdicts of their workspaces"
on public.gate_verdicts for select to authenticated
using (workspace_id in (select private.caller_workspace_ids()));

-- sql/policies/private.sql
-- not exposed and not granted to callers; row level security on top, in case somebody grants them one day
alter table private.jobs enable row level security;
alter table private.trained_head_labels enable row level security;
alter table private.invitations enable row level security;
alter table private.invitation_mails enable row level security;
alter table private.webhook_secrets enable row level security;
alter table private.cache_invalidations enable row level security;
alter table private.cache_leases enable row level security;
alter table private.cache_counters enable row level security;
alter table private.cache_signing_keys enable row level security;
alter table private.idempotency_keys enable row level security;
alter table private.api_key_secrets enable row level security;
alter table private.reservations enable row level security;
alter table private.spare_vectors enable row level security;
alter table private.schedulings enable row level security;

grant select, insert, update, delete on private.jobs to service_role;
grant select, insert, update, delete on private.trained_head_labels to service_role;
-- everything else about them happens in functions that check who asks
grant select, update on private.invitations to service_role;
grant select, insert, delete on private.invitation_mails to service_role;
grant select, insert, update, delete on private.webhook_secrets to service_role;
grant select, insert, update, delete on private.cache_invalidations to service_role;
grant select, insert, update, delete on private.cache_leases to service_role;
grant select, insert, update, delete on private.cache_counters to service_role;
grant select, insert on private.cache_signing_keys to service_role;
grant select, insert, update, delete on private.idempotency_keys to service_role;
grant select, insert, update, delete on private.api_key_secrets to service_role;
grant select, insert, delete on private.reservations to service_role;
grant select, insert, update, delete on private.spare_vectors to service_role;
grant select, insert, update, delete on private.schedulings to service_role;

-- sql/policies/realtime.sql
-- what the listener and the pages may subscribe to
do $$
begin
    if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
        return;
    end if;
    alter publication supabase_realtime add table public.content_assets, public.campaigns;
end
$$;
