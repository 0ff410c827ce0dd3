-- twin of: public.automation_rules.automation_rules_workspace_id_fkey,
--   public.campaigns.campaigns_workspace_id_fkey,
--   public.categories.categories_workspace_id_fkey,
--   public.categories.categories_parent_id_fkey,
--   public.content_asset_tags.content_asset_tags_workspace_id_fkey,
--   public.content_asset_tags.content_asset_tags_content_asset_id_fkey,
--   public.content_asset_tags.content_asset_tags_tag_id_fkey,
--   public.content_assets.content_assets_workspace_id_fkey,
--   public.content_assets.content_assets_campaign_id_fkey,
--   public.social_posts.social_posts_workspace_id_fkey,
--   public.social_posts.social_posts_campaign_id_fkey,
--   public.social_posts.social_posts_content_asset_id_fkey,
--   public.tags.tags_workspace_id_fkey,
--   public.webhook_endpoints.webhook_endpoints_workspace_id_fkey
-- What the keys refuse by themselves, for programs that leave foreign keys off, as SQLite does unasked.
-- primary_category and target_audience are checked where a person's labels are marked; a workspace_id
-- never changes.
create trigger automation_rules__check_references_insert
before insert on automation_rules
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger campaigns__check_references_insert
before insert on campaigns
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger categories__check_references_insert
before insert on categories
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'parent_id is not a category of this workspace')
    where
        new.parent_id is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and id = new.parent_id
        );
end;

create trigger categories__check_parent_id
before update of parent_id on categories
when new.parent_id is not old.parent_id
begin
    select raise(abort, 'parent_id is not a category of this workspace')
    where
        new.parent_id is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and id = new.parent_id
        );
end;

create trigger content_asset_tags__check_references_insert
before insert on content_asset_tags
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
    select raise(abort, 'tag_id is not a tag of this workspace')
    where
        new.tag_id is not null
        and not exists (
            select 1
            from tags
            where workspace_id = new.workspace_id and id = new.tag_id
        );
end;

create trigger content_asset_tags__check_content_asset_id
before update of content_asset_id on content_asset_tags
when new.content_asset_id is not old.content_asset_id
begin
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger content_asset_tags__check_tag_id
before update of tag_id on content_asset_tags
when new.tag_id is not old.tag_id
begin
    select raise(abort, 'tag_id is not a tag of this workspace')
    where
        new.tag_id is not null
        and not exists (
            select 1
            from tags
            where workspace_id = new.workspace_id and id = new.tag_id
        );
end;

create trigger content_assets__check_references_insert
before insert on content_assets
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger content_assets__check_campaign_id
before update of campaign_id on content_assets
when new.campaign_id is not old.campaign_id
begin
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger social_posts__check_references_insert
before insert on social_posts
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger social_posts__check_campaign_id
before update of campaign_id on social_posts
when new.campaign_id is not old.campaign_id
begin
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger social_posts__check_content_asset_id
before update of content_asset_id on social_posts
when new.content_asset_id is not old.content_asset_id
begin
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger tags__check_references_insert
before insert on tags
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger webhook_endpoints__check_references_insert
before insert on webhook_endpoints
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;
