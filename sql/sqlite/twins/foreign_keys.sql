-- twin of: public.content_assets.content_assets_primary_category_fkey,
--   public.campaigns.campaigns_primary_category_fkey,
--   public.content_asset_tags.content_asset_tags_content_asset_id_fkey,
--   public.content_asset_tags.content_asset_tags_tag_id_fkey,
--   public.categorizations.categorizations_content_asset_id_fkey,
--   public.categorizations.categorizations_campaign_id_fkey
-- What the keys do by themselves, for programs that leave foreign keys off, as SQLite does unasked.
create trigger categories__rename
after update of name on categories
when new.name is not old.name
begin
    update content_assets
    set primary_category = new.name
    where workspace_id = new.workspace_id and primary_category = old.name;
    update campaigns
    set primary_category = new.name
    where workspace_id = new.workspace_id and primary_category = old.name;
end;

create trigger content_assets__delete_dependents
after delete on content_assets
begin
    delete from content_asset_tags where content_asset_id = old.id;
    delete from categorizations where workspace_id = old.workspace_id and content_asset_id = old.id;
end;

create trigger campaigns__delete_dependents
after delete on campaigns
begin
    delete from content_assets where workspace_id = old.workspace_id and campaign_id = old.id;
    delete from categorizations where workspace_id = old.workspace_id and campaign_id = old.id;
end;

create trigger tags__delete_dependents
after delete on tags
begin
    delete from content_asset_tags where workspace_id = old.workspace_id and tag_id = old.id;
end;
