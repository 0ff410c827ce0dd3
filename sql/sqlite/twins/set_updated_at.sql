-- twin of: private.tg__set_updated_at, public.automation_rules._400_set_updated_at,
--   public.campaigns._400_set_updated_at, public.categories._400_set_updated_at,
--   public.content_assets._400_set_updated_at, public.social_posts._400_set_updated_at,
--   public.tag_groups._400_set_updated_at, public.tags._400_set_updated_at, public.webhook_endpoints._400_set_updated_at,
--   public.workspaces._400_set_updated_at
-- A statement that stamps the row itself is believed.
create trigger automation_rules__set_updated_at
after update of name, rule_type, conditions, actions, priority, enabled on automation_rules
when new.updated_at is old.updated_at
begin
    update automation_rules set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger campaigns__set_updated_at
after update on campaigns
when new.updated_at is old.updated_at
begin
    update campaigns set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger categories__set_updated_at
after update of name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on categories
when new.updated_at is old.updated_at
begin
    update categories set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger content_assets__set_updated_at
after update on content_assets
when new.updated_at is old.updated_at
begin
    update content_assets set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger social_posts__set_updated_at
after update on social_posts
when new.updated_at is old.updated_at
begin
    update social_posts set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger tag_groups__set_updated_at
after update of name, min_tags, max_tags on tag_groups
when new.updated_at is old.updated_at
begin
    update tag_groups set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger tags__set_updated_at
after update of name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, manual_only on tags
when new.updated_at is old.updated_at
begin
    update tags set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger webhook_endpoints__set_updated_at
after update of url, events, enabled on webhook_endpoints
when new.updated_at is old.updated_at
begin
    update webhook_endpoints set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger workspaces__set_updated_at
after update on workspaces
when new.updated_at is old.updated_at
begin
    update workspaces set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
