-- twin of: private.tg_content_assets__count_usage, public.content_assets._700_count_usage_insert,
--   public.content_assets._700_count_usage_update, public.content_assets._700_count_usage_delete
create trigger content_assets__count_usage_insert
after insert on content_assets
when new.primary_category is not null
begin
    update categories
    set usage_count = usage_count + 1
    where workspace_id = new.workspace_id and name = new.primary_category;
end;

create trigger content_assets__count_usage_update
after update of primary_category on content_assets
when
    new.primary_category is not old.primary_category
    -- the old name is gone: a rename, after which the counter is still right
    and (
        old.primary_category is null
        or exists (
            select 1
            from categories
            where workspace_id = old.workspace_id and name = old.primary_category
        )
    )
begin
    update categories
    set usage_count = usage_count - 1
    where workspace_id = old.workspace_id and name = old.primary_category;
    update categories
    set usage_count = usage_count + 1
    where workspace_id = new.workspace_id and name = new.primary_category;
end;

create trigger content_assets__count_usage_delete
after delete on content_assets
when old.primary_category is not null
begin
    update categories
    set usage_count = usage_count - 1
    where workspace_id = old.workspace_id and name = old.primary_category;
end;
