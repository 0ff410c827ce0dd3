-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what programs do to a workspace, one call each: add, explain, correct, learn
-- Touches:  function private.find_category, private.confirm_labels, private.hold_tags,
--           private.confirm_tags, private.write_content, private.find_target, private.label_job,
--           public.import_content, public.import_campaigns, public.explain_labels,
--           public.record_feedback, private.set_approval, public.approve, public.reject,
--           public.require_approval, public.add_categories, public.add_tags,
--           public.confirmed_count, public.confirmed_content, public.activate_head,
--           public.save_head, public.head_predictions, public.golden_content, public.set_golden,
--           public.review_rows
-- Mirrors:  sql/functions/find_category.sql, sql/functions/confirm_labels.sql,
--           sql/functions/hold_tags.sql, sql/functions/confirm_tags.sql,
--           sql/functions/write_content.sql, sql/functions/find_target.sql,
--           sql/functions/label_job.sql, sql/rpc/import_content.sql, sql/rpc/import_campaigns.sql,
--           sql/rpc/explain_labels.sql, sql/rpc/record_feedback.sql,
--           sql/functions/set_approval.sql, sql/rpc/approve.sql, sql/rpc/reject.sql,
--           sql/rpc/require_approval.sql, sql/rpc/add_categories.sql, sql/rpc/add_tags.sql,
--           sql/rpc/confirmed_count.sql, sql/rpc/confirmed_content.sql, sql/rpc/activate_head.sql,
--           sql/rpc/save_head.sql, sql/rpc/head_predictions.sql, sql/rpc/golden_content.sql,
--           sql/rpc/set_golden.sql, sql/rpc/review_rows.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/find_category.sql
create function private.find_category(
    workspace_id uuid,
    name text
)
    -- the category's own name; what was given when none or several are meant
    returns text
    language sql
    stable
    security invoker  -- the caller's policies decide which categories exist
    set search_path = ''
as $$
    select
        coalesce(
            (
                select categories.name
                from public.categories
                where
                    categories.workspace_id = find_category.workspace_id
                    and categories.name = find_category.name
            ),
            (
                select min(categories.name)
                from public.categories
                where
                    categories.workspace_id = find_category.workspace_id
                    and btrim(regexp_replace(lower(categories.name), '[[:space:]_-]+', '_', 'g'), '_')
                    = btrim(regexp_replace(lower(find_category.name), '[[:space:]_-]+', '_', 'g'), '_')
                having count(*) = 1
            ),
            private.category_of_alias(find_category.workspace_id, find_category.name),
            find_category.name
        );
$$;
comment on function private.find_category is
'The category a person means: by its very name, else by one that differs in case, spaces, hyphens and underscores
alone, else by another name of it.';
revoke execute on function private.find_category from public, anon;
grant execute on function private.find_category to authenticated, service_role;

-- sql/functions/confirm_labels.sql
create function private.confirm_labels(
    -- content or campaigns; those the caller may not write are passed over
    target_ids uuid[],
    -- of category, sentiment, audience; a campaign has a category alone
    fields text[]
)
    returns void
    language plpgsql
    security definer  -- writes machine columns and history, which callers may only read; membership is checked
    set search_path = ''
as $$
declare
    everything boolean := private.caller_is_service();
begin
    perform set_config('campaignbase.actor', 'confirm', true);
    with
    confirmed as (
        select content_assets.*
        from public.content_assets
        where
            content_assets.id = any(confirm_labels.target_ids)
            and (
                everything
                or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
            )
            and (
                ('category' = any(fields) and content_assets.category_source is distinct from 'human')
                or ('sentiment' = any(fields) and content_assets.sentiment_source is distinct from 'human')
                or ('audience' = any(fields) and content_assets.audience_source is distinct from 'human')
            )
        order by content_assets.id
        for no key update
    ),
    recorded as (
        select
            confirmed.id,
            private.record_human(confirmed.workspace_id, confirmed.id, null, field.name, field.label, field.label)
        from confirmed
        cross join lateral (
            values
            ('category', confirmed.primary_category, confirmed.category_source),
            ('sentiment', confirmed.sentiment, confirmed.sentiment_source),
            ('audience', confirmed.target_audience, confirmed.audience_source)
        ) as field (name, label, source)
        where
            field.name = any(confirm_labels.fields)
            and field.source is distinct from 'human'
    ),
    written as (
        select distinct recorded.id from recorded
    )
    update public.content_assets
    set
        category_source = case
            when 'category' = any(confirm_labels.fields) then 'human'
            else content_assets.category_source
        end,
        confirmed_at = case
            when
                'category' = any(confirm_labels.fields)
                and content_assets.category_source is distinct from 'human'
                and content_assets.primary_category is not null
                then clock_timestamp()
            else content_assets.confirmed_at
        end,
        label_state = case
            when 'category' <> all(confirm_labels.fields) or content_assets.label_state = 'queued'
                then content_assets.label_state
            when content_assets.primary_category is null then 'review'
            else 'labeled'
        end,
        sentiment_source = case
            when 'sentiment' = any(confirm_labels.fields) then 'human'
            else content_assets.sentiment_source
        end,
        audience_source = case
            when 'audience' = any(confirm_labels.fields) then 'human'
            else content_assets.audience_source
        end
    from written
    where content_assets.id = written.id;

    with
    confirmed as (
        select campaigns.*
        from public.campaigns
        where
            campaigns.id = any(confirm_labels.target_ids)
            and 'category' = any(confirm_labels.fields)
            and campaigns.category_source is distinct from 'human'
            and (everything or campaigns.workspace_id in (select private.caller_editable_workspace_ids()))
        order by campaigns.id
        for no key update
    ),
    recorded as (
        select
            confirmed.id,
            private.record_human(
                confirmed.workspace_id, null, confirmed.id, 'category', confirmed.primary_category,
                confirmed.primary_category
            )
        from confirmed
    ),
    written as (
        select distinct recorded.id from recorded
    )
    update public.campaigns
    set
        category_source = 'human',
        confirmed_at = case when campaigns.primary_category is not null then clock_timestamp() end,
        label_state = case
            when campaigns.label_state = 'queued' then 'queued'
            when campaigns.primary_category is null then 'review'
            else 'labeled'
        end
    from written
    where campaigns.id = written.id;
    perform set_config('campaignbase.actor', '', true);
end
$$;
comment on function private.confirm_labels is
'A person says that a label is right as it stands, or rightly empty: from now on it is hers.';
revoke execute on function private.confirm_labels from public, anon;
grant execute on function private.confirm_labels to authenticated, service_role;

-- sql/functions/hold_tags.sql
create function private.hold_tags(
    workspace_id uuid,
    -- as people write them; those that name no tag are passed over
    words text[]
)
    returns void
    language plpgsql
    volatile
    security definer  -- editors of content may name tags; membership is checked
    set search_path = ''
as $$
declare
    meant text[];
    held integer;
begin
    if not private.caller_is_service() and not exists (
        select
        from private.caller_editable_workspace_ids() as own (id)
        where own.id = hold_tags.workspace_id
    ) then
        return;
    end if;
    loop
        meant := array(
            select distinct private.find_tag(hold_tags.workspace_id, private.fold_tag(word))
            from unnest(hold_tags.words) as word
        );
        perform tags.id
        from public.tags
        where
            tags.workspace_id = hold_tags.workspace_id
            and tags.name = any(meant)
        order by tags.id
        for key share;
        get diagnostics held = row_count;
        -- fewer: one of them was renamed or removed while it was waited for
        exit when held = cardinality(array_remove(meant, null));
    end loop;
end
$$;
comment on function private.hold_tags is 'Tags that are named so keep their names until this transaction ends.';
revoke execute on function private.hold_tags from public, anon;
grant execute on function private.hold_tags to authenticated, service_role;

-- sql/functions/confirm_tags.sql
create function private.confirm_tags(
    asset_id uuid,
    -- names of tags of the workspace: those that stay, and those that stay away
    wanted text[],
    refused text[]
)
    returns void
    language plpgsql
    security definer  -- writes links and history, which callers may only read; membership is checked
    set search_path = ''
as $$
declare
    asset record;
    stay text[];
    away text[];
begin
    select content_assets.workspace_id, content_assets.tags
    into asset
    from public.content_assets
    where
        content_assets.id = confirm_tags.asset_id
        and (
            private.caller_is_service()
            or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
        )
    for no key update;
    if not found then
        return;
    end if;
    select
        array_agg(tags.name order by tags.name) filter (where tags.name = any(asset.tags)),
        array_agg(tags.name order by tags.name) filter (where tags.name <> all(asset.tags))
    into stay, away
    from public.tags
    left join public.content_asset_tags as link
        on
            tags.id = link.tag_id
            and link.content_asset_id = confirm_tags.asset_id
    where
        tags.workspace_id = asset.workspace_id
        and link.source is distinct from 'human'
        and (
            (tags.name = any(confirm_tags.wanted) and tags.name = any(asset.tags))
            or (tags.name = any(confirm_tags.refused) and tags.name <> all(asset.tags))
        );
    if stay is null and away is null then
        return;
    end if;
    perform private.link_tags(
        jsonb_build_array(
            jsonb_build_object(
                'workspace_id', asset.workspace_id,
                'id', confirm_tags.asset_id,
                'tags', coalesce(stay, '{}'),
                'old_tags', coalesce(away, '{}')
            )
        )
    );
    perform private.record_human(
        asset.workspace_id, confirm_tags.asset_id, null, 'tags',
        nullif(array_to_string(asset.tags, ', '), ''), nullif(array_to_string(asset.tags, ', '), ''),
        concat_ws(
            '; ',
            'confirmed by a person: ' || array_to_string(stay, ', '),
            'refused by a person: ' || array_to_string(away, ', ')
        )
    );
end
$$;
comment on function private.confirm_tags is
'A person says of tags that they are rightly there, or that they shall never come.';
revoke execute on function private.confirm_tags from public, anon;
grant execute on function private.confirm_tags to authenticated, service_role;

-- sql/functions/write_content.sql
create function private.write_content(
    workspace_id uuid,
    assets jsonb
)
    -- as public.import_content answers
    returns jsonb
    language plpgsql
    volatile
    security invoker  -- the caller's policies decide what may be written
    set search_path = ''
as $$
declare
    latest jsonb;
    -- known rows whose category is a person's and not the file's, and stays
    kept uuid[];
    -- known rows that a machine has filed where the file says
    confirmed uuid[];
    written uuid[];
begin
    -- of rows with the same source_key the last counts
    select coalesce(jsonb_agg(listed.value order by listed.place), '[]') into latest
    from (
        select
            -- a file may still name a category by another name of it
            case
                when renamed.name is null then element.value
                else jsonb_set(element.value, '{primary_category}', to_jsonb(renamed.name))
            end as value,
            element.ordinality as place,
            row_number() over (
                partition by element.value ->> 'source_key'
                order by element.ordinality desc
            ) as age
        from jsonb_array_elements(write_content.assets) with ordinality as element
        left join lateral (
            select private.category_of_alias(
                write_content.workspace_id, element.value ->> 'primary_category'
            ) as name
            where
                element.value ->> 'primary_category' is not null
                and not exists (
                    select
                    from public.categories
                    where
                        categories.workspace_id = write_content.workspace_id
                        and categories.name = element.value ->> 'primary_category'
                )
        ) as renamed on true
    ) as listed
    where
        listed.value ->> 'source_key' is null
        or listed.age = 1;

    select
        coalesce(array_agg(known.id) filter (where known.stays), '{}'),
        coalesce(array_agg(known.id) filter (where known.agrees), '{}')
    into kept, confirmed
    from (
        select
            content_assets.id,
            content_assets.category_source is distinct from 'human'
            and content_assets.primary_category = given.primary_category as agrees,
            content_assets.category_source = 'human'
            and content_assets.primary_category is distinct from given.primary_category
            and (
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text,
                    content_assets.file_path
                ) is not distinct from private.asset_text(
                    given.content, given.prompt, given.alt_text, given.file_path
                )
                -- the very label she replaced: the file says nothing new
                or exists (
                    select
                    from (
                        select
                            categorizations.previous_label,
                            categorizations.reasons
                        from public.categorizations
                        where
                            categorizations.workspace_id = write_content.workspace_id
                            and categorizations.content_asset_id = content_assets.id
                            and categorizations.field = 'category'
                            and categorizations.source = 'human'
                        order by categorizations.created_at desc
                        limit 1
                    ) as last
                    where
                        last.previous_label = given.primary_category
                        and last.reasons ->> 0 <> 'taken from an imported file'
                )
            ) as stays
        from jsonb_to_recordset(latest) as given (
            source_key text, content text, prompt text, alt_text text, file_path text, primary_category text
        )
        inner join public.content_assets on given.source_key = content_assets.source_key
        where
            content_assets.workspace_id = write_content.workspace_id
            and given.primary_category is not null
        order by content_assets.id
        for no key update of content_assets
    ) as known;

    perform set_config('campaignbase.door', 'import', true);
    with
    incoming as (
        select given.*, element.ordinality as place
        from jsonb_array_elements(latest) with ordinality as element
        cross join lateral jsonb_to_record(element.value) as given (
            id uuid, asset_type text, content text, prompt text, alt_text text, file_path text,
            file_url text, source_key text, campaign_id uuid, generator text, generation_cost numeric,
            parameters jsonb, primary_category text, tags text[], sentiment text, target_audience text,
            golden boolean
        )
    ),
    known as (
        select content_assets.source_key
        from public.content_assets
        where
            content_assets.workspace_id = write_content.workspace_id
            and content_assets.source_key in (select incoming.source_key from incoming)
        for key share
    ),
    changed as (
        insert into public.content_assets
        (
            id, workspace_id, asset_type, content, prompt, alt_text, file_path, file_url, source_key,
            campaign_id, generator, generation_cost, parameters, primary_category, tags, sentiment,
            target_audience, golden
        )
        select
            coalesce(incoming.id, gen_random_uuid()),
            write_content.workspace_id,
            coalesce(incoming.asset_type, 'text'),
            incoming.content,
            incoming.prompt,
            incoming.alt_text,
            incoming.file_path,
            incoming.file_url,
            incoming.source_key,
            incoming.campaign_id,
            incoming.generator,
            incoming.generation_cost,
            coalesce(incoming.parameters, '{}'),
            incoming.primary_category,
            -- of a row that is known these are not taken, so their words must not become tags
            case when known.source_key is null then coalesce(incoming.tags, '{}') else '{}' end,
            case when known.source_key is null then incoming.sentiment end,
            case when known.source_key is null then incoming.target_audience end,
            coalesce(incoming.golden, false) and incoming.primary_category is not null
        from incoming
        left join known on incoming.source_key = known.source_key
        order by incoming.place
        on conflict on constraint content_assets_source_key_is_unique do update
        set
            asset_type = excluded.asset_type,
            content = excluded.content,
            prompt = excluded.prompt,
            alt_text = excluded.alt_text,
            file_path = excluded.file_path,
            file_url = excluded.file_url,
            campaign_id = coalesce(excluded.campaign_id, content_assets.campaign_id),
            parameters = excluded.parameters,
            primary_category = case
                when content_assets.id = any(kept) then content_assets.primary_category
                else coalesce(excluded.primary_category, content_assets.primary_category)
            end
        where
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) is distinct from private.asset_text(
                excluded.content, excluded.prompt, excluded.alt_text, excluded.file_path
            )
            or (
                excluded.campaign_id is not null
                and excluded.campaign_id is distinct from content_assets.campaign_id
            )
            or (
                excluded.primary_category is not null
                and excluded.primary_category is distinct from content_assets.primary_category
                and content_assets.category_source is distinct from 'human'
            )
        returning content_assets.id
    )
    select coalesce(array_agg(changed.id), '{}') into written from changed;
    perform set_config('campaignbase.door', '', true);
    perform private.confirm_labels(confirmed, '{category}');
    return jsonb_build_object(
        'written', to_jsonb(
            written || array(select given.id from unnest(confirmed) as given (id) where given.id <> all(written))
        ),
        'kept', to_jsonb(kept),
        'ids', (
            select coalesce(
                jsonb_agg(coalesce(content_assets.id::text, element.value ->> 'id') order by element.ordinality),
                '[]'
            )
            from jsonb_array_elements(write_content.assets) with ordinality as element
            left join public.content_assets
                on
                    content_assets.workspace_id = write_content.workspace_id
                    and content_assets.source_key = element.value ->> 'source_key'
        )
    );
end
$$;
comment on function private.write_content is 'What public.import_content does, without saying which row was refused.';
revoke execute on function private.write_content from public, anon;
grant execute on function private.write_content to authenticated, service_role;

-- sql/functions/find_target.sql
create function private.find_target(beginning text)
    returns uuid
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
declare
    wanted text := lower(btrim(find_target.beginning));
    ids text[];
begin
    if coalesce(wanted !~ '^[0-9a-f-]{4,36}$', true) then
        raise exception using
            errcode = 'PT404',
            message = format(
                'no content or campaign ''%s''; give an id or at least its first 4 characters',
                left(find_target.beginning, 100)
            );
    end if;
    if wanted ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
        ids := array(
            select content_assets.id from public.content_assets where content_assets.id = wanted::uuid
            union all
            select campaigns.id from public.campaigns where campaigns.id = wanted::uuid
        );
    else
        ids := array(
            select content_assets.id::text from public.content_assets where content_assets.id::text like wanted || '%'
            union all
            select campaigns.id::text from public.campaigns where campaigns.id::text like wanted || '%'
            order by id
            limit 5
        );
    end if;
    if cardinality(ids) = 1 then
        return ids[1];
    end if;
    raise exception using
        errcode = 'PT404',
        message = case cardinality(ids)
            when 0 then format('no content or campaign with id ''%s''', find_target.beginning)
            else format(
                'id ''%s'' is the beginning of several: %s; give more of it',
                find_target.beginning,
                array_to_string(ids, ', ')
            )
        end;
end
$$;
comment on function private.find_target is
'The id of content or a campaign, by the whole of it or a beginning that only one has.';
revoke execute on function private.find_target from public, anon;
grant execute on function private.find_target to authenticated, service_role;

-- sql/functions/label_job.sql
create function private.label_job(target_id uuid)
    returns table (state text, last_error text)
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select
        jobs.state,
        jobs.last_error
    from private.jobs
    where
        jobs.target_id = label_job.target_id
        and jobs.kind in ('categorize_content', 'categorize_campaign')
        and (private.caller_is_service() or jobs.workspace_id in (select private.caller_workspace_ids()));
$$;
comment on function private.label_job is
'Where the labeling of content or a campaign stands; no row when nothing is to do or the caller may not see it.';
revoke execute on function private.label_job from public, anon;
grant execute on function private.label_job to authenticated, service_role;

-- sql/rpc/import_content.sql
create function public.import_content(
    workspace_id uuid,
    -- [{"content": "Spring sale", "source_key": "shop-17"}]: columns of content_assets that a person may write
    assets jsonb
)
    -- {"written": ids of the rows that were added or changed,
    -- "kept": ids of known rows whose category a person decided otherwise; it stays,
    -- "ids": one an asset, in the order given; null for one with neither id nor source_key}
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    element record;
    code text;
    told text;
    advice text;
    note text;
begin
    return private.write_content(import_content.workspace_id, import_content.assets);
exception
    when integrity_constraint_violation or data_exception then
        -- one by one, to say which it was
        for element in
            select value, ordinality
            from jsonb_array_elements(import_content.assets) with ordinality
        loop
            begin
                perform private.write_content(import_content.workspace_id, jsonb_build_array(element.value));
            exception
                when integrity_constraint_violation or data_exception then
                    get stacked diagnostics
                        code = returned_sqlstate,
                        told = message_text,
                        advice = pg_exception_hint,
                        note = pg_exception_detail;
                    raise exception using
                        errcode = code,
                        message = format('row %s: %s', element.ordinality, told),
                        hint = advice,
                        detail = note;
            end;
        end loop;
        raise;
end
$$;
comment on function public.import_content is
'Add content, all rows or none; a row whose source_key is known is updated when its text or campaign is another.

One given without a campaign stays where it is.

Labels given here count as a person''s. A known row takes the category where no person decided one, or together with
another text; but not the very one that a person replaced. What is refused is told with the place of its row,
from 1.';
revoke execute on function public.import_content from public, anon;
grant execute on function public.import_content to authenticated, service_role;

-- sql/rpc/import_campaigns.sql
create function public.import_campaigns(
    workspace_id uuid,
    -- [{"name": "Spring", "campaign_type": "seasonal"}]: columns of campaigns that a person may write
    campaigns jsonb
)
    -- one a campaign, in the order given
    returns uuid[]
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    given record;
    found_id uuid;
    ids uuid[] := '{}';
begin
    -- two imports that create the same campaign wait for each other here
    perform pg_advisory_xact_lock(
        hashtext('campaignbase.import_campaigns'), hashtext(import_campaigns.workspace_id::text)
    );
    for given in
        select fields.*
        from jsonb_array_elements(import_campaigns.campaigns) with ordinality as element
        cross join lateral jsonb_to_record(element.value) as fields (
            name text, campaign_type text, status text, target_platforms text[], content_style text,
            visual_style text, hashtag_strategy text, cta_pattern text, primary_category text,
            estimated_cost numeric, start_date timestamptz, end_date timestamptz, posting_frequency text,
            optimal_times text[]
        )
        order by element.ordinality
    loop
        select campaigns.id into found_id
        from public.campaigns
        where
            campaigns.workspace_id = import_campaigns.workspace_id
            and campaigns.name = given.name
        order by campaigns.created_at, campaigns.id
        limit 1;
        if not found then
            insert into public.campaigns
            (
                workspace_id, name, campaign_type, status, target_platforms, content_style, visual_style,
                hashtag_strategy, cta_pattern, primary_category, estimated_cost, start_date, end_date,
                posting_frequency, optimal_times
            )
            values (
                import_campaigns.workspace_id,
                given.name,
                coalesce(given.campaign_type, 'general'),
                coalesce(given.status, 'draft'),
                coalesce(given.target_platforms, '{}'),
                given.content_style,
                given.visual_style,
                given.hashtag_strategy,
                given.cta_pattern,
                private.find_category(import_campaigns.workspace_id, given.primary_category),
                given.estimated_cost,
                given.start_date,
                given.end_date,
                given.posting_frequency,
                coalesce(given.optimal_times, '{}')
            )
            returning campaigns.id into found_id;
        end if;
        ids := ids || found_id;
    end loop;
    return ids;
end
$$;
comment on function public.import_campaigns is
'Add campaigns, all or none; a name that exists in the workspace gives the existing one, unchanged.';
revoke execute on function public.import_campaigns from public, anon;
grant execute on function public.import_campaigns to authenticated, service_role;

-- sql/rpc/explain_labels.sql
create function public.explain_labels(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text
)
    -- {"asset": {...} or null, "campaign": {...} or null, "tags": [...], "decisions": [...], "job": {...} or null};
    -- rows as their tables hold them, without vectors; decisions newest first
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    key uuid := private.find_target(explain_labels.target);
begin
    return jsonb_build_object(
        'asset',
        (
            select to_jsonb(content_assets) - 'embedding'
            from public.content_assets
            where content_assets.id = key
        ),
        'campaign',
        (
            select
                to_jsonb(campaigns) - 'embedding' || jsonb_build_object(
                    'content_count',
                    (
                        select count(*)
                        from public.content_assets
                        where content_assets.campaign_id = campaigns.id
                    )
                )
            from public.campaigns
            where campaigns.id = key
        ),
        'tags',
        (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', tags.name, 'tag_type', tags.tag_type, 'source', links.source,
                            'score', links.score, 'reason', links.reason, 'state', links.state
                        )
                        order by
                            links.state,
                            (links.source = 'human') desc,
                            links.score desc nulls last,
                            tags.name collate "C"
                    ),
                    '[]'
                )
            from public.content_asset_tags as links
            inner join public.tags on links.tag_id = tags.id
            where links.content_asset_id = key
        ),
        'decisions',
        (
            select
                coalesce(
                    jsonb_agg(
                        to_jsonb(categorizations)
                        order by categorizations.created_at desc, categorizations.field
                    ),
                    '[]'
                )
            from public.categorizations
            where
                categorizations.content_asset_id = key
                or categorizations.campaign_id = key
        ),
        'job',
        (select to_jsonb(job) from private.label_job(key) as job)
    );
end
$$;
comment on function public.explain_labels is
'Everything that was decided about content or a campaign: its labels with their reasons, and the whole history.';
revoke execute on function public.explain_labels from public, anon;
grant execute on function public.explain_labels to authenticated, service_role;

-- sql/rpc/record_feedback.sql
create function public.record_feedback(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text,
    -- {"category", "sentiment", "audience", "add_tags": [...], "remove_tags": [...], "confirm": [...]}: what is
    -- left out stays, '' clears, null is refused; a removed tag stays away, also one that is not there; confirm names
    -- fields (category, sentiment, audience, tags) that are right as they stand; a campaign has a category alone
    feedback jsonb
)
    -- its whole id
    returns uuid
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    key uuid := private.find_target(record_feedback.target);
    fields text[];
    known constant text[] := '{category,sentiment,audience,add_tags,remove_tags,confirm}';
    -- fields that are right as they stand
    right_ones text[];
    unclear text;
    tenant uuid;
    wanted text;  -- category
    -- as the workspace spells them; a new word as it was given
    added text[];
    removed text[];
    unknown text;
begin
    if jsonb_typeof(record_feedback.feedback) is distinct from 'object' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'feedback: expected an object such as {"category": "offer"}, got %s',
                coalesce(left(record_feedback.feedback::text, 60), 'null')
            );
    end if;
    fields := array(select jsonb_object_keys(record_feedback.feedback));
    if fields = '{}' or not fields <@ known then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'nothing to correct: name ' || array_to_string(known, ', ') || ', and nothing else';
    end if;
    select
        format(
            '%s: expected %s, got %s',
            given.field,
            case when given.is_list then 'a list of texts' else 'a text' end,
            left(given.value::text, 60)
        )
    into unclear
    from (
        select
            stated.key as field,
            stated.value,
            stated.key in ('add_tags', 'remove_tags', 'confirm') as is_list
        from jsonb_each(record_feedback.feedback) as stated
    ) as given
    where
        not given.is_list and jsonb_typeof(given.value) <> 'string'
        or given.is_list and (
            jsonb_typeof(given.value) <> 'array'
            or given.value @? 'strict $[*] ? (@.type() != "string")'
        )
    order by given.field
    limit 1;
    if unclear is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = unclear,
            hint = 'Leave out what stays; an empty text clears.';
    end if;
    right_ones := array(select jsonb_array_elements_text(record_feedback.feedback -> 'confirm'));
    select min(field) into unclear
    from unnest(right_ones) as field
    where
        field <> all('{category,sentiment,audience,tags}'::text[])
        or field = any(fields);
    if unclear is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'confirm ''%s'': name fields of category, sentiment, audience, tags that are not corrected as well',
                unclear
            );
    end if;
    select target.workspace_id into tenant
    from (
        select content_assets.workspace_id
        from public.content_assets
        where content_assets.id = key
        union all
        select campaigns.workspace_id
        from public.campaigns
        where campaigns.id = key
    ) as target;
    wanted := private.find_category(tenant, nullif(record_feedback.feedback ->> 'category', ''));
    if
        wanted is not null
        and not exists (
            select
            from public.categories
            where
                categories.workspace_id = tenant
                and categories.name = wanted
        )
    then
        raise exception using
            errcode = 'foreign_key_violation',
            message = format('unknown category ''%s''', left(wanted, 100)),
            hint = 'see: campaignbase categories';
    end if;
    if exists (select from public.campaigns where campaigns.id = key) then
        if array_remove(fields, 'confirm') || right_ones <> '{category}' then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = 'a campaign has a category, but no sentiment, audience or tags; leave those out';
        end if;
        update public.campaigns
        set
            primary_category = case
                when 'category' = any(fields) then wanted
                else campaigns.primary_category
            end
        where campaigns.id = key;
    else
        -- before the row, as who renames a tag locks them
        perform private.hold_tags(
            tenant,
            array(
                select word
                from jsonb_array_elements_text(record_feedback.feedback -> 'add_tags') as word
                union all
                select word
                from jsonb_array_elements_text(record_feedback.feedback -> 'remove_tags') as word
            )
        );
        added := array(
            select coalesce(private.find_tag(tenant, private.fold_tag(word)), word)
            from jsonb_array_elements_text(record_feedback.feedback -> 'add_tags') as word
        );
        select
            array_agg(named.name) filter (where named.name is not null),
            min(named.word) filter (where named.name is null)
        into removed, unknown
        from (
            select word, private.find_tag(tenant, private.fold_tag(word)) as name
            from jsonb_array_elements_text(record_feedback.feedback -> 'remove_tags') as word
        ) as named;
        removed := coalesce(removed, '{}');
        if unknown is not null then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('unknown tag ''%s'', so there is nothing to keep away', unknown),
                hint = 'see: campaignbase tags';
        elsif added && removed then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format(
                    'tag ''%s'' is both to be added and to be removed; decide for one',
                    (select min(word) from unnest(added) as word where word = any(removed))
                );
        end if;
        update public.content_assets
        set
            primary_category = case
                when 'category' = any(fields) then wanted
                else content_assets.primary_category
            end,
            sentiment = case
                when 'sentiment' = any(fields) then nullif(record_feedback.feedback ->> 'sentiment', '')
                else content_assets.sentiment
            end,
            target_audience = case
                when 'audience' = any(fields) then nullif(record_feedback.feedback ->> 'audience', '')
                else content_assets.target_audience
            end,
            tags = case
                when not '{add_tags,remove_tags}' && fields then content_assets.tags
                else array(
                    select word
                    from unnest(content_assets.tags) with ordinality as kept (word, place)
                    where word <> all(removed)
                    order by place
                ) || array(
                    select word
                    from unnest(added) with ordinality as fresh (word, place)
                    where word <> all(content_assets.tags)
                    order by place
                )
            end
        where content_assets.id = key;
    end if;
    if not found then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s may be read but not changed by you', key),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
    -- what stood there already is hers too from now on
    perform private.confirm_labels(array[key], fields || right_ones);
    if 'tags' = any(right_ones) then
        select content_assets.tags || added into added
        from public.content_assets
        where content_assets.id = key;
    end if;
    if '{add_tags,remove_tags}' && fields or 'tags' = any(right_ones) then
        perform private.confirm_tags(key, added, removed);
    end if;
    return key;
end
$$;
comment on function public.record_feedback is
'Say what a label should be, or that it is right as it stands: it counts as a person''s, stays, and is learned from.

What a machine had said there is kept beside it: see the view corrections.';
revoke execute on function public.record_feedback from public, anon;
grant execute on function public.record_feedback to authenticated, service_role;

-- sql/functions/set_approval.sql
create function private.set_approval(
    -- content or a post
    target uuid,
    approval text,
    note text
)
    returns void
    language plpgsql
    volatile
    security definer  -- writes machine columns that callers may not; membership is checked
    set search_path = ''
as $$
declare
    tenant uuid;
    everything constant boolean := private.caller_is_service();
begin
    select found.workspace_id into tenant
    from (
        select content_assets.workspace_id from public.content_assets where content_assets.id = set_approval.target
        union all
        select social_posts.workspace_id from public.social_posts where social_posts.id = set_approval.target
    ) as found
    where everything or found.workspace_id in (select private.caller_workspace_ids());
    if tenant is null then
        raise exception using
            errcode = 'PT404',
            message = format('no content or post with id ''%s''', coalesce(set_approval.target::text, 'null'));
    end if;
    if not everything and tenant not in (select private.caller_editable_workspace_ids()) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s may be read but not approved or rejected by you', set_approval.target),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
    if char_length(set_approval.note) > 2000 then
        raise exception using
            errcode = 'check_violation',
            message = 'a note has at most 2000 characters';
    end if;
    -- by a person from now on, also where a rule said the same
    update public.content_assets
    set
        approval = set_approval.approval,
        approval_rule = null,
        approval_note = set_approval.note
    where
        content_assets.id = set_approval.target
        and (content_assets.approval <> set_approval.approval or content_assets.approval_rule is not null);
    update public.social_posts
    set
        approval = set_approval.approval,
        approval_rule = null,
        approval_note = set_approval.note
    where
        social_posts.id = set_approval.target
        and (social_posts.approval <> set_approval.approval or social_posts.approval_rule is not null);
end
$$;
comment on function private.set_approval is
'A person''s word on content or a post: approved, rejected, or waiting for approval. For editors and owners.';
revoke execute on function private.set_approval from public, anon;
grant execute on function private.set_approval to authenticated, service_role;

-- sql/rpc/approve.sql
create function public.approve(
    -- the id of content or a post
    target uuid,
    -- why, for the history
    note text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_approval(approve.target, 'approved', approve.note);
$$;
comment on function public.approve is
'Approve content or a post: it may be scheduled and posted. For editors and owners.

No rule takes it back; another text needs another approval.';
revoke execute on function public.approve from public, anon;
grant execute on function public.approve to authenticated, service_role;

-- sql/rpc/reject.sql
create function public.reject(
    -- the id of content or a post
    target uuid,
    -- why, for the history
    note text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_approval(reject.target, 'rejected', reject.note);
$$;
comment on function public.reject is
'Reject content or a post: it can neither be scheduled nor posted. For editors and owners.';
revoke execute on function public.reject from public, anon;
grant execute on function public.reject to authenticated, service_role;

-- sql/rpc/require_approval.sql
create function public.require_approval(
    -- the id of content or a post
    target uuid,
    -- why, for the history
    note text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_approval(require_approval.target, 'required', require_approval.note);
$$;
comment on function public.require_approval is
'Let content or a post wait for a person: until it is approved it can neither be scheduled nor posted.

For editors and owners.';
revoke execute on function public.require_approval from public, anon;
grant execute on function public.require_approval to authenticated, service_role;

-- sql/rpc/add_categories.sql
create function public.add_categories(
    workspace_id uuid,
    -- [{"name": "offer", "description": "...", "keywords": ["sale"], "aliases": [], "parent_id": null,
    -- "manual_only": false}]
    categories jsonb
)
    -- how many were added
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added integer;
    other record;
begin
    insert into public.categories (workspace_id, name, parent_id, description, keywords, aliases, manual_only)
    select
        add_categories.workspace_id,
        given.name,
        given.parent_id,
        given.description,
        coalesce(given.keywords, '{}'),
        coalesce(given.aliases, '{}'),
        coalesce(given.manual_only, false)
    from jsonb_to_recordset(add_categories.categories) as given (
        name text, parent_id uuid, description text, keywords text[], aliases text[], manual_only boolean
    )
    -- in one order for everybody, so that two who add the same ones do not deadlock
    order by lower(given.name)
    -- whichever index says it: of two who add one name at once, either may
    on conflict do nothing;
    get diagnostics added = row_count;
    select given.name, categories.name as known
    into other
    from jsonb_to_recordset(add_categories.categories) as given (name text)
    inner join public.categories
        on
            add_categories.workspace_id = categories.workspace_id
            and lower(given.name) = lower(categories.name)
            and given.name <> categories.name
    limit 1;
    if other.known is not null then
        raise exception using
            errcode = 'unique_violation',
            constraint = 'categories_folded_name_is_unique',
            message = format('a category %L exists already, written %L', other.name, other.known),
            hint = 'choose another name';
    end if;
    return added;
end
$$;
comment on function public.add_categories is
'Add categories to a workspace; names that exist are left alone, those that exist in another case refused.';
revoke execute on function public.add_categories from public, anon;
grant execute on function public.add_categories to authenticated, service_role;

-- sql/rpc/add_tags.sql
create function public.add_tags(
    workspace_id uuid,
    -- [{"name": "students", "tag_type": "audience", "description": "...", "keywords": [], "aliases": [],
    -- "manual_only": false}]
    tags jsonb
)
    -- how many were added
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added integer;
begin
    insert into public.tags (workspace_id, name, tag_type, description, keywords, aliases, manual_only)
    select
        add_tags.workspace_id,
        given.name,
        given.tag_type,
        given.description,
        coalesce(given.keywords, '{}'),
        coalesce(given.aliases, '{}'),
        coalesce(given.manual_only, false)
    from jsonb_to_recordset(add_tags.tags) as given (
        name text, tag_type text, description text, keywords text[], aliases text[], manual_only boolean
    )
    -- in one order for everybody, so that two who add the same ones do not deadlock
    order by private.fold_tag(given.name)
    on conflict do nothing;
    get diagnostics added = row_count;
    return added;
end
$$;
comment on function public.add_tags is
'Add tags to a workspace; those that are another spelling of one that exists are left alone.';
revoke execute on function public.add_tags from public, anon;
grant execute on function public.add_tags to authenticated, service_role;

-- sql/rpc/confirmed_count.sql
create function public.confirmed_count(workspace_id uuid)
    returns table (
        -- rows a head would be fitted on: those of confirmed_content
        confirmed bigint,
        -- rows the newest version of the head was fitted on; 0 without one
        fitted integer,
        -- what people corrected of machines since the newest one was fitted
        corrected bigint,
        -- labels the newest version knew and has lost since: merged into others, or removed
        lost integer
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        (
            select count(*)
            from public.content_assets
            where
                content_assets.workspace_id = confirmed_count.workspace_id
                and content_assets.confirmed_at is not null
                and not content_assets.golden
                and content_assets.primary_category is not null
                and content_assets.embedding is not null
                -- counted and not learned from, they would ask for a new fit for ever
                and not exists (
                    select
                    from public.content_assets as golden
                    where
                        golden.workspace_id = content_assets.workspace_id
                        and golden.golden
                        and golden.content_hash = content_assets.content_hash
                )
        ),
        coalesce(newest.train_rows, 0),
        (
            select count(*)
            from public.categorizations
            where
                categorizations.workspace_id = confirmed_count.workspace_id
                and categorizations.judged_id is not null
                and categorizations.field = 'category'
                and categorizations.label is distinct from categorizations.previous_label
                and (newest.created_at is null or categorizations.created_at > newest.created_at)
        ),
        greatest(
            newest.labels - (
                select count(*) from private.trained_head_labels where trained_head_labels.head_id = newest.id
            ),
            0
        )::integer
    from (select) as here
    left join (
        select
            trained_heads.id,
            trained_heads.train_rows,
            trained_heads.created_at,
            case jsonb_typeof(trained_heads.measures -> 'labels')
                when 'array' then jsonb_array_length(trained_heads.measures -> 'labels')
                else 0
            end as labels
        from public.trained_heads
        inner join public.workspaces on trained_heads.workspace_id = workspaces.id
        where
            trained_heads.workspace_id = confirmed_count.workspace_id
            -- that of other vectors says nothing of these
            and trained_heads.embedding_model
            = coalesce(workspaces.embedding_model, trained_heads.embedding_model)
        order by trained_heads.version desc
        limit 1
    ) as newest on true;
$$;
comment on function public.confirmed_count is
'How much a trained head could learn from, how much the newest version did, what people corrected since, and what it lost.

For workers only.';
revoke execute on function public.confirmed_count from public, anon, authenticated;
grant execute on function public.confirmed_count to service_role;

-- sql/rpc/confirmed_content.sql
create function public.confirmed_content(
    workspace_id uuid,
    -- only rows after this id; null: from the first on
    after uuid default null,
    -- rows to return; null: all of them
    match_count integer default null
)
    -- by id
    returns table (id uuid, category_id uuid, embedding extensions.vector, confirmed_at timestamptz)
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        categories.id,
        content_assets.embedding,
        content_assets.confirmed_at
    from public.content_assets
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        content_assets.workspace_id = confirmed_content.workspace_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        -- nor the text of a golden row: it would be measured with what it taught
        and not exists (
            select
            from public.content_assets as golden
            where
                golden.workspace_id = content_assets.workspace_id
                and golden.golden
                and golden.content_hash = content_assets.content_hash
        )
        and content_assets.embedding is not null
        and (confirmed_content.after is null or content_assets.id > confirmed_content.after)
    order by content_assets.id
    limit confirmed_content.match_count;
$$;
comment on function public.confirmed_content is
'What a trained head learns from: vectors a person filed. For workers only.';
revoke execute on function public.confirmed_content from public, anon, authenticated;
grant execute on function public.confirmed_content to service_role;

-- sql/rpc/activate_head.sql
create function public.activate_head(
    workspace_id uuid,
    -- null: none, so that no head decides
    version integer
)
    returns void
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    wanted uuid;
    model text;
    told text := format('no version %s of a trained head', activate_head.version);
begin
    perform from public.workspaces where workspaces.id = activate_head.workspace_id for no key update;
    if activate_head.version is not null then
        select
            trained_heads.id,
            trained_heads.embedding_model
        into wanted, model
        from public.trained_heads
        where
            trained_heads.workspace_id = activate_head.workspace_id
            and trained_heads.version = activate_head.version;
        if not found then
            raise exception using errcode = 'PT404', message = told;
        end if;
        if not exists (select from private.trained_head_labels where trained_head_labels.head_id = wanted) then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('version %s of the trained head has no labels any more', activate_head.version),
                hint = 'Fit a new one.';
        end if;
    end if;
    -- two statements: at no time may two be active
    update public.trained_heads
    set active = false
    where
        trained_heads.workspace_id = activate_head.workspace_id
        and trained_heads.active
        and trained_heads.id is distinct from wanted
        -- the head of other vectors is not in its place
        and trained_heads.embedding_model = coalesce(model, trained_heads.embedding_model);
    update public.trained_heads
    set
        active = true,
        activated_at = clock_timestamp()
    where
        trained_heads.id = wanted
        and not trained_heads.active;
end
$$;
comment on function public.activate_head is
'Let a version of a workspace''s trained head decide from now on, in place of the active one. For workers only.';
revoke execute on function public.activate_head from public, anon, authenticated;
grant execute on function public.activate_head to service_role;

-- sql/rpc/save_head.sql
create function public.save_head(
    workspace_id uuid,
    -- {"embedding_model", "train_rows", "threshold", "target_precision", "margin", "origin", "measures", "comparison",
    --  "labels": [{"category_id", "weights": "[0.1,...]", "bias", "threshold"}]}
    head jsonb,
    -- it goes live at once
    activate boolean default true
)
    -- its version
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added uuid;
    next_version integer;
begin
    -- versions are counted one after the other
    perform from public.workspaces where workspaces.id = save_head.workspace_id for no key update;
    select coalesce(max(trained_heads.version), 0) + 1 into next_version
    from public.trained_heads
    where trained_heads.workspace_id = save_head.workspace_id;
    insert into public.trained_heads (
        workspace_id, version, origin, embedding_model, train_rows, threshold, target_precision, margin, measures,
        comparison
    )
    values (
        save_head.workspace_id,
        next_version,
        coalesce(save_head.head ->> 'origin', 'person'),
        save_head.head ->> 'embedding_model',
        (save_head.head ->> 'train_rows')::integer,
        (save_head.head ->> 'threshold')::real,
        (save_head.head ->> 'target_precision')::real,
        (save_head.head ->> 'margin')::real,
        coalesce(save_head.head -> 'measures', '{}'),
        nullif(save_head.head -> 'comparison', 'null')
    )
    returning trained_heads.id into added;
    insert into private.trained_head_labels (workspace_id, head_id, category_id, weights, bias, threshold)
    select
        save_head.workspace_id,
        added,
        categories.id,
        label.weights,
        label.bias,
        label.threshold
    from jsonb_to_recordset(save_head.head -> 'labels') as label (
        category_id uuid, weights extensions.vector(1536), bias real, threshold real
    )
    -- a category removed while the head was fitted takes no part
    inner join public.categories
        on
            label.category_id = categories.id
            and categories.workspace_id = save_head.workspace_id;
    if save_head.activate then
        perform public.activate_head(save_head.workspace_id, next_version);
    end if;
    -- measures are kept, the vectors of old versions are not
    delete from private.trained_head_labels
    using public.trained_heads
    where
        trained_head_labels.head_id = trained_heads.id
        and trained_heads.workspace_id = save_head.workspace_id
        and trained_heads.version <= next_version - 10
        and not trained_heads.active;
    return next_version;
end
$$;
comment on function public.save_head is
'Keep a new version of a workspace''s trained head, and let it go live if asked to. For workers only.';
revoke execute on function public.save_head from public, anon, authenticated;
grant execute on function public.save_head to service_role;

-- sql/rpc/head_predictions.sql
create function public.head_predictions(
    workspace_id uuid,
    -- of the trained head
    version integer,
    -- content; what has no vector of the head's model is left out
    target_ids uuid[]
)
    returns table (
        id uuid,
        -- the best label
        category_id uuid,
        -- its probability
        score double precision,
        -- from which on it would have been applied
        threshold real
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        scored.id,
        scored.category_id,
        scored.score,
        scored.threshold
    from (
        select
            logit.id,
            logit.category_id,
            logit.threshold,
            exp(logit.logit - max(logit.logit) over whole) / sum(exp(logit.logit - logit.highest)) over whole as score,
            row_number() over (partition by logit.id order by logit.logit desc, logit.category_id) as place
        from (
            select
                plain.*,
                max(plain.logit) over (partition by plain.id) as highest
            from (
                select
                    content_assets.id,
                    trained_head_labels.category_id,
                    coalesce(trained_head_labels.threshold, trained_heads.threshold) as threshold,
                    trained_head_labels.bias
                    - (trained_head_labels.weights operator(extensions.<#>) content_assets.embedding) as logit
                from public.content_assets
                inner join public.trained_heads
                    on
                        content_assets.workspace_id = trained_heads.workspace_id
                        and content_assets.embedding_model = trained_heads.embedding_model
                inner join private.trained_head_labels on trained_heads.id = trained_head_labels.head_id
                where
                    content_assets.workspace_id = head_predictions.workspace_id
                    and content_assets.id = any(head_predictions.target_ids)
                    and content_assets.embedding is not null
                    and trained_heads.version = head_predictions.version
            ) as plain
        ) as logit
        window whole as (partition by logit.id)
    ) as scored
    where scored.place = 1
    order by scored.id;
$$;
comment on function public.head_predictions is
'What a version of a trained head would say of content: its best label, and how sure. For workers only.';
revoke execute on function public.head_predictions from public, anon, authenticated;
grant execute on function public.head_predictions to service_role;

-- sql/rpc/golden_content.sql
create function public.golden_content(
    workspace_id uuid,
    -- only rows after this id; null: from the first on
    after uuid default null,
    -- rows to return; null: all of them
    match_count integer default null
)
    -- by id
    returns table (
        id uuid,
        category_id uuid,
        category text,
        text text,
        content_hash text,
        embedding extensions.vector,
        embedding_model text,
        confirmed_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        categories.id,
        categories.name,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        content_assets.content_hash,
        content_assets.embedding,
        content_assets.embedding_model,
        content_assets.confirmed_at
    from public.content_assets
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        content_assets.workspace_id = golden_content.workspace_id
        and content_assets.golden
        and content_assets.confirmed_at is not null
        and (golden_content.after is null or content_assets.id > golden_content.after)
    order by content_assets.id
    limit golden_content.match_count;
$$;
comment on function public.golden_content is
'The golden set of a workspace: content that what is new is measured with, and the categories people gave it.';
revoke execute on function public.golden_content from public, anon;
grant execute on function public.golden_content to authenticated, service_role;

-- sql/rpc/set_golden.sql
create function public.set_golden(
    -- ids of content
    target_ids uuid[],
    golden boolean
)
    -- how many were changed
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    unfiled uuid;
    changed integer;
begin
    select content_assets.id into unfiled
    from public.content_assets
    where
        content_assets.id = any(set_golden.target_ids)
        and set_golden.golden
        and (content_assets.confirmed_at is null or content_assets.primary_category is null)
    order by content_assets.id
    limit 1;
    if unfiled is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s cannot be golden: no person has set its category', unfiled),
            hint = 'Set or confirm it first.';
    end if;
    update public.content_assets
    set golden = set_golden.golden
    where
        content_assets.id = any(set_golden.target_ids)
        and content_assets.golden <> set_golden.golden;
    get diagnostics changed = row_count;
    return changed;
end
$$;
comment on function public.set_golden is
'Put content into the golden set of its workspace, or take it out: what is in it measures, and is not learned from.

Refused where no person has set the category, and where an equal text is in it under another category.';
revoke execute on function public.set_golden from public, anon;
grant execute on function public.set_golden to authenticated, service_role;

-- sql/rpc/review_rows.sql
create function public.review_rows(
    workspace_id uuid,
    -- rows to return, those that wait longest; values outside 1..1000 are clamped
    match_count integer default 400
)
    -- of content nobody was sure about, with its vector, so that the caller can tell what is like what
    returns table (
        id uuid,
        text text,
        candidate text,
        score real,
        reasons jsonb,
        waiting_since timestamptz,
        embedding extensions.vector,
        content_hash text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        decisions.candidate,
        decisions.score,
        coalesce(decisions.reasons, '[]'),
        coalesce(decisions.created_at, content_assets.updated_at) as waiting_since,
        content_assets.embedding,
        content_assets.content_hash
    from public.content_assets
    left join lateral (
        select
            categorizations.candidate,
            categorizations.score,
            categorizations.reasons,
            categorizations.created_at
        from public.categorizations
        where
            categorizations.workspace_id = content_assets.workspace_id
            and categorizations.content_asset_id = content_assets.id
            and categorizations.field = 'category'
        order by categorizations.created_at desc, categorizations.id desc
        limit 1
    ) as decisions on true
    where
        content_assets.workspace_id = review_rows.workspace_id
        and content_assets.label_state = 'review'
        -- rightly empty, a person said
        and content_assets.category_source is distinct from 'human'
    order by waiting_since, content_assets.id
    limit least(greatest(review_rows.match_count, 1), 1000);
$$;
comment on function public.review_rows is
'What waits for a person, the longest first, for `campaignbase review` to put into the order of what it would teach.

The view review_queue tells the same rows, and failed ones, with more about each.';
revoke execute on function public.review_rows from public, anon;
grant execute on function public.review_rows to authenticated, service_role;
