-- twin of: private.tg_content_assets__mark_human, private.tg_content_assets__record_human,
--   private.resolve_audience,
--   public.content_assets._200_mark_human, public.content_assets._600_record_human_insert
create trigger content_assets__mark_human_insert
after insert on content_assets
when
    not exists (select 1 from acting)
    and (
        coalesce(
            new.primary_category, new.sentiment, new.target_audience,
            new.category_source, new.sentiment_source, new.audience_source, new.confirmed_at
        ) is not null
        or new.tags <> '[]'
        or new.label_state <> 'queued'
    )
begin
    -- also for programs that leave foreign keys off
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    insert into acting (actor) values ('mirror');

    insert into resolve_tags (workspace_id, names)
    select new.workspace_id, new.tags
    where new.tags <> '[]';
    update content_assets
    set tags = (select resolved from resolve_tags)
    where id = new.id and new.tags <> '[]';
    delete from resolve_tags;
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(new.target_audience), 'audience'
    where new.target_audience is not null;
    update content_assets
    set target_audience = (select json_extract(resolved, '$[0]') from resolve_tags)
    where id = new.id and new.target_audience is not null;
    delete from resolve_tags;
    select raise(
        abort,
        'target_audience is a tag of another type; name a tag of type audience, or give that one the type audience'
    )
    from content_assets
    where
        content_assets.id = new.id
        and content_assets.target_audience is not null
        and not exists (
            select 1
            from tags
            where
                tags.workspace_id = new.workspace_id
                and tags.name = content_assets.target_audience
                and tags.tag_type = 'audience'
        );
    update content_assets
    set
        label_state = 'queued',
        category_source = case when primary_category is not null then 'human' end,
        confirmed_at = case
            when primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        sentiment_source = case when sentiment is not null then 'human' end,
        audience_source = case when target_audience is not null then 'human' end
    where id = new.id;

    insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, reason)
    select new.workspace_id, new.id, tags.id, 'human', 'added by a person'
    from content_assets
    inner join json_each(content_assets.tags) as listed
    inner join tags on tags.workspace_id = new.workspace_id and tags.name = listed.value
    where content_assets.id = new.id;
    insert into keep_tag_groups (content_asset_id, workspace_id, tags, old_tags)
    select new.id, new.workspace_id, tags, '[]'
    from content_assets
    where id = new.id and tags <> '[]';

    insert into record_human
    select new.workspace_id, new.id, null, 'category', primary_category, null
    from content_assets
    where id = new.id and primary_category is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'sentiment', sentiment, null
    from content_assets
    where id = new.id and sentiment is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'audience', target_audience, null
    from content_assets
    where id = new.id and target_audience is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'tags', (select group_concat(value, ', ') from json_each(tags)), null
    from content_assets
    where id = new.id and tags <> '[]';

    delete from acting;
end;
