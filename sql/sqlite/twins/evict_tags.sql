-- twin of: private.evict_tags, private.keep_tag_groups
-- A call is an insert: takes the weakest of a machine's tags away where an asset has more of a group than allowed.
create view evict_tags as
select content_asset_id from content_asset_tags where false;

create trigger evict_tags__call
instead of insert on evict_tags
begin
    delete from content_asset_tags
    where
        content_asset_id = new.content_asset_id
        and source <> 'human'
        and tag_id in (
            select ranked.tag_id
            from (
                select
                    link.tag_id,
                    tag_groups.max_tags,
                    row_number() over (
                        partition by tag_groups.id
                        order by link.source = 'human' desc, link.score desc nulls last, tags.name
                    ) as place
                from content_asset_tags as link
                inner join tags on link.tag_id = tags.id
                inner join tag_groups
                    on
                        tags.workspace_id = tag_groups.workspace_id
                        and tags.tag_group = tag_groups.name
                where link.content_asset_id = new.content_asset_id and link.state = 'applied'
            ) as ranked
            where ranked.place > ranked.max_tags
        );
end;

-- A call is an insert: what a person's edit of tags, from and to these arrays, means for their groups.
create view keep_tag_groups as
select content_asset_id, workspace_id, state as tags, state as old_tags from content_asset_tags where false;

create trigger keep_tag_groups__call
instead of insert on keep_tag_groups
begin
    select raise(
        abort,
        'content would have more tags of a group than that allows; take one away in the same edit'
    )
    where exists (
        select 1
        from tag_groups
        inner join tags
            on
                tag_groups.workspace_id = tags.workspace_id
                and tag_groups.name = tags.tag_group
        inner join content_asset_tags as link on tags.id = link.tag_id
        where
            tag_groups.workspace_id = new.workspace_id
            and link.content_asset_id = new.content_asset_id
            and link.state = 'applied'
            and link.source = 'human'
            and exists (
                select 1
                from json_each(new.tags) as added
                inner join tags as named on named.name = added.value
                where
                    named.workspace_id = new.workspace_id
                    and named.tag_group = tag_groups.name
                    and added.value not in (select value from json_each(new.old_tags))
            )
        group by tag_groups.id
        having count(*) > tag_groups.max_tags
    );
    insert into evict_tags (content_asset_id) values (new.content_asset_id);
    update content_assets
    set tags = (
        select json_group_array(shown.value)
        from (
            select listed.value
            from json_each(content_assets.tags) as listed
            where listed.value in (
                select tags.name
                from content_asset_tags as link
                inner join tags on link.tag_id = tags.id
                where link.content_asset_id = content_assets.id and link.state = 'applied'
            )
            order by listed.key
        ) as shown
    )
    where
        id = new.content_asset_id
        and exists (select 1 from tag_groups where tag_groups.workspace_id = new.workspace_id);
end;
