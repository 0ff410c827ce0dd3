-- twin of: private.tg_categories__refuse_used, private.tg_tags__refuse_used,
--   public.categories._050_refuse_used, public.tags._050_refuse_used, public.tags._060_refuse_retyped
create trigger categories__refuse_used
before delete on categories
when
    -- when the workspace itself goes, everything goes
    exists (select 1 from workspaces where id = old.workspace_id)
    and (
        exists (
            select 1
            from content_assets
            where workspace_id = old.workspace_id and primary_category = old.name
        )
        or exists (
            select 1
            from campaigns
            where workspace_id = old.workspace_id and primary_category = old.name
        )
    )
begin
    select raise(
        abort,
        'a category in use cannot be deleted; file its content and campaigns under another category first'
    );
end;

create trigger tags__refuse_used
before delete on tags
when
    exists (select 1 from workspaces where id = old.workspace_id)
    and exists (
        select 1
        from content_assets
        where workspace_id = old.workspace_id and target_audience = old.name
    )
begin
    select raise(
        abort,
        'a tag that is a target audience cannot be deleted; give that content another target audience first'
    );
end;

create trigger tags__refuse_retyped
before update of tag_type on tags
when
    old.tag_type = 'audience'
    and new.tag_type is not 'audience'
    and exists (
        select 1
        from content_assets
        where workspace_id = old.workspace_id and target_audience = old.name
    )
begin
    select raise(
        abort,
        'a tag that is a target audience cannot get another type; give that content another target audience first'
    );
end;
