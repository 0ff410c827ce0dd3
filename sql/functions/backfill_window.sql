create function private.backfill_window(
    workspace_id uuid,
    -- as start_backfill takes it
    selection jsonb,
    -- as backfills keep it
    place text,
    -- rows at most
    wanted integer
)
    returns table (
        kind text,
        -- in their order
        ids uuid[],
        -- rows looked at
        scanned integer,
        -- "end" when there are no more
        next_place text
    )
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    -- so many at most are looked at, however few of them are wanted: no call takes long
    step constant integer := 500;
    given jsonb := backfill_window.selection;
    after uuid := coalesce(
        nullif(split_part(backfill_window.place, '/', 2), '')::uuid, '00000000-0000-0000-0000-000000000000'
    );
    program jsonb := case when given ? 'conditions' then private.rule_program(given -> 'conditions') end;
    asset public.content_assets;
    found_id uuid;
begin
    ids := '{}';
    scanned := 0;
    if split_part(backfill_window.place, '/', 1) in ('', 'categorize_content') then
        kind := 'categorize_content';
        for asset in
            select content_assets.*
            from public.content_assets
            where
                content_assets.workspace_id = backfill_window.workspace_id
                and content_assets.id > after
            order by content_assets.id
            limit step
        loop
            scanned := scanned + 1;
            after := asset.id;
            if
                (not given ? 'label_state' or given -> 'label_state' ? asset.label_state)
                and (
                    not given ? 'category_source'
                    or given -> 'category_source' ? coalesce(asset.category_source, 'none')
                )
                and (not given ? 'campaign_id' or (given ->> 'campaign_id')::uuid = asset.campaign_id)
                and (
                    not given ? 'older'
                    or private.is_outdated(given -> 'older', asset.workspace_id, asset.id, null)
                )
                and (
                    program is null
                    or private.rule_holds(program, private.rule_facts(private.asset_facts(asset, null)))
                )
            then
                ids := ids || asset.id;
            end if;
            exit when cardinality(ids) = backfill_window.wanted;
        end loop;
        if scanned = step or cardinality(ids) = backfill_window.wanted then
            next_place := 'categorize_content/' || after;
        else
            next_place := case when given ? 'content_only' then 'end' else 'categorize_campaign/' end;
        end if;
    else
        kind := 'categorize_campaign';
        for found_id in
            select campaigns.id
            from public.campaigns
            where
                campaigns.workspace_id = backfill_window.workspace_id
                and campaigns.id > after
            order by campaigns.id
            limit step
        loop
            scanned := scanned + 1;
            after := found_id;
            if
                not given ? 'older'
                or private.is_outdated(given -> 'older', backfill_window.workspace_id, null, found_id)
            then
                ids := ids || found_id;
            end if;
            exit when cardinality(ids) = backfill_window.wanted;
        end loop;
        next_place := case
            when scanned = step or cardinality(ids) = backfill_window.wanted then 'categorize_campaign/' || after
            else 'end'
        end;
    end if;
    return next;
end
$$;
comment on function private.backfill_window is
'The next rows of a backfill by their ids: content, then campaigns where its selection is not about content alone.';
revoke execute on function private.backfill_window from public, anon, authenticated;
grant execute on function private.backfill_window to service_role;
