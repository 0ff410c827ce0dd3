-- twin of: private.link_tags, public.content_assets._200_mark_human,
--   public.content_assets._600_record_human_update
create trigger content_assets__mark_human_update
after update of primary_category, sentiment, target_audience, tags on content_assets
when
    not exists (select 1 from acting)
    and (new.primary_category, new.sentiment, new.target_audience, new.tags)
    is not (old.primary_category, old.sentiment, old.target_audience, old.tags)
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

    -- Where the old name is gone, its label was renamed and this is the cascade, not a correction.
    update content_assets
    set
        category_source = 'human',
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        label_state = case
            when old.label_state = 'queued' or label_state = 'queued' then label_state
            when new.primary_category is null then 'review'
            else 'labeled'
        end
    where
        id = new.id
        and new.primary_category is not old.primary_category
        and (
            old.primary_category is null
            or exists (
                select 1
                from categories
                where workspace_id = old.workspace_id and name = old.primary_category
            )
        );

    update content_assets
    set sentiment_source = 'human'
    where id = new.id and new.sentiment is not old.sentiment;

    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(new.target_audience), 'audience'
    where
        new.target_audience is not old.target_audience
        and (
            old.target_audience is null
            or exists (select 1 from tags where workspace_id = old.workspace_id and name = old.target_audience)
        );
    -- a cleared audience is an array of one null, which resolves to no name
    update content_assets
    set
        target_audience = (select json_extract(resolved, '$[0]') from resolve_tags),
        audience_source = 'human'
    where id = new.id and exists (select 1 from resolve_tags);
    delete from resolve_tags;
    select raise(
        abort,
        'target_audience is a tag of another type; name a tag of type audience, or give that one the type audience'
    )
    from content_assets
    where
        content_assets.id = new.id
        and new.target_audience is not old.target_audience
        and content_assets.target_audience is not null
        and not exists (
            select 1
            from tags
            where
                tags.workspace_id = new.workspace_id
                and tags.name = content_assets.target_audience
                and tags.tag_type = 'audience'
        );

    insert into resolve_tags (workspace_id, names)
    select new.workspace_id, new.tags
    where new.tags is not old.tags;
    update content_assets
    set tags = (select resolved from resolve_tags)
    where id = new.id and exists (select 1 from resolve_tags);
    insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select
        new.workspace_id,
        new.id,
        tags.id,
        'human',
        null,
        case when named.shown then 'added by a person' else 'removed by a person' end,
        case when named.shown then 'applied' else 'rejected' end
    from (
        select shown.value as name, true as shown
        from resolve_tags
        inner join json_each(resolve_tags.resolved) as shown
        where shown.value not in (select value from json_each(old.tags))
        union all
        select before.value, false
        from resolve_tags
        inner join json_each(old.tags) as before
        where before.value not in (select value from json_each(resolve_tags.resolved))
    ) as named
    inner join tags on tags.workspace_id = new.workspace_id and tags.name = named.name
    where true
    on conflict (content_asset_id, tag_id) do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            state = excluded.state,
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    insert into keep_tag_groups (content_asset_id, workspace_id, tags, old_tags)
    select new.id, new.workspace_id, resolve_tags.resolved, old.tags
    from resolve_tags;
    -- history comes last: it names the version of the vocabulary after the new words
    insert into record_human
    select new.workspace_id, new.id, null, 'category', new.primary_category, old.primary_category
    where
        new.primary_category is not old.primary_category
        and (
            old.primary_category is null
            or exists (
                select 1
                from categories
                where workspace_id = old.workspace_id and name = old.primary_category
            )
        );
    insert into record_human
    select new.workspace_id, new.id, null, 'sentiment', new.sentiment, old.sentiment
    where new.sentiment is not old.sentiment;
    insert into record_human
    select new.workspace_id, new.id, null, 'audience', content_assets.target_audience, old.target_audience
    from content_assets
    where
        content_assets.id = new.id
        and content_assets.target_audience is not old.target_audience
        and (
            old.target_audience is null
            or exists (select 1 from tags where workspace_id = old.workspace_id and name = old.target_audience)
        );
    insert into record_human
    select
        new.workspace_id,
        new.id,
        null,
        'tags',
        (select group_concat(value, ', ') from json_each(resolve_tags.resolved)),
        (select group_concat(value, ', ') from json_each(old.tags))
    from resolve_tags
    where
        -- another order is no decision
        exists (
            select value
            from json_each(resolve_tags.resolved)
            except
            select value
            from json_each(old.tags)
        )
        or exists (
            select value
            from json_each(old.tags)
            except
            select value
            from json_each(resolve_tags.resolved)
        );
    delete from resolve_tags;

    delete from acting;
end;
