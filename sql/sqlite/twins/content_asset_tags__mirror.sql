-- twin of: private.tg_content_asset_tags__mirror, private.applied_tags,
--   public.content_asset_tags._800_mirror_insert, public.content_asset_tags._800_mirror_update,
--   public.content_asset_tags._800_mirror_delete
create trigger content_asset_tags__mirror_insert
after insert on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = new.content_asset_id;
    delete from acting;
end;
create trigger content_asset_tags__mirror_update
after update on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = new.content_asset_id;
    delete from acting;
end;
create trigger content_asset_tags__mirror_delete
after delete on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = old.content_asset_id;
    delete from acting;
end;
