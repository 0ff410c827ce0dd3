create function private.tg_content_assets__record_human()
    returns trigger
    language plpgsql
    security definer  -- writes links and history, which callers may only read
    set search_path = ''
as $$
declare
    before_category text;
    before_tags text[] := '{}';
    before_sentiment text;
    before_audience text;
    by_hand boolean;
begin
    if private.acting_machine() then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        before_category := old.primary_category;
        before_tags := old.tags;
        before_sentiment := old.sentiment;
        before_audience := old.target_audience;
    end if;

    if new.primary_category is distinct from before_category then
        by_hand := before_category is null or exists (
            select
            from public.categories
            where
                categories.workspace_id = new.workspace_id
                and categories.name = before_category
        );
        if by_hand then
            perform private.record_human(new.workspace_id, new.id, null, 'category', new.primary_category, before_category);
        end if;
    end if;
    if new.sentiment is distinct from before_sentiment then
        perform private.record_human(new.workspace_id, new.id, null, 'sentiment', new.sentiment, before_sentiment);
    end if;
    if new.target_audience is distinct from before_audience then
        by_hand := before_audience is null or exists (
            select
            from public.tags
            where
                tags.workspace_id = new.workspace_id
                and tags.name = before_audience
        );
        if by_hand then
            perform private.record_human(new.workspace_id, new.id, null, 'audience', new.target_audience, before_audience);
        end if;
    end if;

    if new.tags is distinct from before_tags then
        -- the array is written already; the links must not write it again
        perform set_config('campaignbase.actor', 'mirror', true);
        insert into public.content_asset_tags
        (workspace_id, content_asset_id, tag_id, source, score, reason, state)
        select
            new.workspace_id,
            new.id,
            tags.id,
            'human',
            null,
            case when tags.name = any(new.tags) then 'added by a person' else 'removed by a person' end,
            case when tags.name = any(new.tags) then 'applied' else 'rejected' end
        from public.tags
        where
            tags.workspace_id = new.workspace_id
            and (tags.name = any(new.tags)) <> (tags.name = any(before_tags))
        order by tags.id
        on conflict on constraint content_asset_tags_pkey do update
            set
                source = excluded.source,
                score = excluded.score,
                reason = excluded.reason,
                state = excluded.state,
                updated_at = clock_timestamp();
        perform set_config('campaignbase.actor', '', true);
        perform private.record_human(
            new.workspace_id, new.id, null, 'tags',
            nullif(array_to_string(new.tags, ', '), ''), nullif(array_to_string(before_tags, ', '), '')
        );
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__record_human is
'Writes what a person decided into the history, and her edit of the tag array into the links: added, or refused for good.';
revoke execute on function private.tg_content_assets__record_human from public, anon, authenticated, service_role;
