-- twin of: private.tg_tags__rename_mirror, public.tags._700_rename_mirror
create trigger tags__rename_mirror
after update of name on tags
when new.name is not old.name
begin
    insert into acting (actor) values ('rename');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select case when value = old.name then new.name else value end as name
            from json_each(content_assets.tags)
            order by key
        )
    )
    where
        workspace_id = new.workspace_id
        and exists (select 1 from json_each(content_assets.tags) where value = old.name);
    update tags
    set related_tags = (
        select json_group_array(name)
        from (
            select case when value = old.name then new.name else value end as name
            from json_each(tags.related_tags)
            order by key
        )
    )
    where
        workspace_id = new.workspace_id
        and exists (select 1 from json_each(tags.related_tags) where value = old.name);
    -- foreign keys do this too, where a program has them on
    update content_assets
    set target_audience = new.name
    where workspace_id = new.workspace_id and target_audience = old.name;
    delete from acting where actor = 'rename';
end;
