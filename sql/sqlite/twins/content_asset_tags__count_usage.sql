-- twin of: private.tg_content_asset_tags__count_usage,
--   public.content_asset_tags._700_count_usage_insert,
--   public.content_asset_tags._700_count_usage_update,
--   public.content_asset_tags._700_count_usage_delete
create trigger content_asset_tags__count_usage_insert
after insert on content_asset_tags
when new.state = 'applied'
begin
    update tags set usage_count = usage_count + 1 where id = new.tag_id;
end;

create trigger content_asset_tags__count_usage_update
after update of tag_id, state on content_asset_tags
when (new.tag_id, new.state) is not (old.tag_id, old.state)
begin
    update tags set usage_count = usage_count - 1 where id = old.tag_id and old.state = 'applied';
    update tags set usage_count = usage_count + 1 where id = new.tag_id and new.state = 'applied';
end;

create trigger content_asset_tags__count_usage_delete
after delete on content_asset_tags
when old.state = 'applied'
begin
    update tags set usage_count = usage_count - 1 where id = old.tag_id;
end;
