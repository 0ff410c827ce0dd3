-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  rows that are there already: labeled again, or given vectors by another model, piece by
--           piece
-- Touches:  function private.is_outdated, private.backfill_window, private.backfill_rows,
--           private.texts_after, private.requeue_strangers, public.start_backfill,
--           public.preview_backfill, public.claim_backfill, public.report_backfill,
--           public.stop_backfill, public.claim_vectors, public.write_vectors, public.switch_vectors
-- Mirrors:  sql/functions/is_outdated.sql, sql/functions/backfill_window.sql,
--           sql/functions/backfill_rows.sql, sql/functions/texts_after.sql,
--           sql/functions/requeue_strangers.sql, sql/rpc/start_backfill.sql,
--           sql/rpc/preview_backfill.sql, sql/rpc/claim_backfill.sql, sql/rpc/report_backfill.sql,
--           sql/rpc/stop_backfill.sql, sql/rpc/claim_vectors.sql, sql/rpc/write_vectors.sql,
--           sql/rpc/switch_vectors.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/is_outdated.sql
create function private.is_outdated(
    -- {"by": "vocabulary", "prompt", "model", "head" or "date", "than": text}
    older jsonb,
    workspace_id uuid,
    -- one of the two is null
    content_asset_id uuid,
    campaign_id uuid
)
    returns boolean
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    than text := is_outdated.older ->> 'than';
    last public.categorizations;
begin
    if is_outdated.content_asset_id is not null then
        select categorizations.* into last
        from public.categorizations
        where
            categorizations.workspace_id = is_outdated.workspace_id
            and categorizations.content_asset_id = is_outdated.content_asset_id
            and categorizations.field = 'category'
            and categorizations.source is distinct from 'human'
        order by categorizations.created_at desc
        limit 1;
    else
        select categorizations.* into last
        from public.categorizations
        where
            categorizations.workspace_id = is_outdated.workspace_id
            and categorizations.campaign_id = is_outdated.campaign_id
            and categorizations.field = 'category'
            and categorizations.source is distinct from 'human'
        order by categorizations.created_at desc
        limit 1;
    end if;
    return case is_outdated.older ->> 'by'
        when 'vocabulary' then coalesce(last.vocabulary_version, 0) < than::integer
        -- what somebody surer decided no model is asked about
        when 'prompt' then
            coalesce(last.source, 'model') = 'model'
            and case
                when last.prompt_version ~ '^\d{1,9}$' and than ~ '^\d{1,9}$'
                    then last.prompt_version::integer < than::integer
                else last.prompt_version is distinct from than
            end
        when 'model' then last.model is distinct from than and coalesce(last.source, 'model') = 'model'
        when 'head' then
            last.created_at < (
                select max(trained_heads.activated_at)
                from public.trained_heads
                where
                    trained_heads.workspace_id = is_outdated.workspace_id
                    and trained_heads.active
            )
            and coalesce(last.source, 'model') in ('neighbor', 'trained', 'model')
        when 'date' then coalesce(last.created_at < than::timestamptz, true)
    end;
end
$$;
comment on function private.is_outdated is
'Was the category last decided by a machine with an older vocabulary, another prompt or model, or before the trained head?';
revoke execute on function private.is_outdated from public, anon, authenticated;
grant execute on function private.is_outdated to service_role;

-- sql/functions/backfill_window.sql
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

-- sql/functions/backfill_rows.sql
create function private.backfill_rows(
    -- categorize_content or categorize_campaign
    kind text,
    ids uuid[]
)
    -- by id
    returns table (
        target_id uuid,
        workspace_id uuid,
        target_text text,
        -- of that text
        content_hash text,
        -- of the workspace; null until the first vector is written
        embedding_model text,
        -- the stored vector where hash and model still match, else null
        embedding extensions.vector
    )
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
begin
    return query
    select
        told.id,
        told.workspace_id,
        told.target_text,
        private.content_hash(told.target_text),
        workspaces.embedding_model,
        case
            when
                told.content_hash = private.content_hash(told.target_text)
                and told.embedding_model = workspaces.embedding_model
                then told.embedding
        end
    from (
        select
            content_assets.id,
            content_assets.workspace_id,
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model,
            content_assets.embedding
        from public.content_assets
        where
            backfill_rows.kind = 'categorize_content'
            and content_assets.id = any(backfill_rows.ids)
        union all
        select
            campaigns.id,
            campaigns.workspace_id,
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model,
            campaigns.embedding
        from public.campaigns
        where
            backfill_rows.kind = 'categorize_campaign'
            and campaigns.id = any(backfill_rows.ids)
    ) as told
    inner join public.workspaces on told.workspace_id = workspaces.id
    order by told.id;
end
$$;
comment on function private.backfill_rows is 'What a worker must read to label these rows.';
revoke execute on function private.backfill_rows from public, anon, authenticated;
grant execute on function private.backfill_rows to service_role;

-- sql/functions/texts_after.sql
create function private.texts_after(
    workspace_id uuid,
    -- as jobs have it
    kind text,
    after uuid,
    wanted integer
)
    -- by id
    returns table (
        target_id uuid,
        -- null when there is nothing to read
        target_text text
    )
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
begin
    return query
    select
        told.id,
        told.target_text
    from (
        (
            select
                content_assets.id,
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ) as target_text
            from public.content_assets
            where
                texts_after.kind = 'categorize_content'
                and content_assets.workspace_id = texts_after.workspace_id
                and content_assets.id > texts_after.after
            order by content_assets.id
            limit texts_after.wanted
        )
        union all
        (
            select
                campaigns.id,
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                )
            from public.campaigns
            where
                texts_after.kind = 'categorize_campaign'
                and campaigns.workspace_id = texts_after.workspace_id
                and campaigns.id > texts_after.after
            order by campaigns.id
            limit texts_after.wanted
        )
        union all
        (
            select
                categories.id,
                private.label_text(categories.name, categories.description, categories.keywords)
            from public.categories
            where
                texts_after.kind = 'embed_category'
                and categories.workspace_id = texts_after.workspace_id
                and categories.id > texts_after.after
            order by categories.id
            limit texts_after.wanted
        )
        union all
        (
            select
                tags.id,
                private.label_text(tags.name, tags.description, tags.keywords)
            from public.tags
            where
                texts_after.kind = 'embed_tag'
                and tags.workspace_id = texts_after.workspace_id
                and tags.id > texts_after.after
            order by tags.id
            limit texts_after.wanted
        )
    ) as told
    order by told.id;
end
$$;
comment on function private.texts_after is 'The next texts of one kind that have a vector, by the ids of their rows.';
revoke execute on function private.texts_after from public, anon, authenticated;
grant execute on function private.texts_after to service_role;

-- sql/functions/requeue_strangers.sql
create function private.requeue_strangers(workspace_id uuid)
    -- rows that lost a vector of another model and wait for the right one
    returns integer
    language plpgsql
    security invoker
    set search_path = ''
as $$
declare
    found bigint;
begin
    perform set_config('campaignbase.actor', 'machine', true);
    with home as (
        select
            workspaces.id,
            workspaces.embedding_model
        from public.workspaces
        where workspaces.id = requeue_strangers.workspace_id
    ),
    emptied as (
        update public.content_assets
        set
            embedding = null,
            embedding_model = null
        from home
        where
            content_assets.workspace_id = home.id
            and content_assets.embedding_model <> home.embedding_model
        returning
            'categorize_content' as kind,
            content_assets.id,
            private.content_hash(
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                )
            ) as content_hash
    ),
    emptied_campaigns as (
        update public.campaigns
        set
            embedding = null,
            embedding_model = null
        from home
        where
            campaigns.workspace_id = home.id
            and campaigns.embedding_model <> home.embedding_model
        returning
            'categorize_campaign' as kind,
            campaigns.id,
            private.content_hash(
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                )
            ) as content_hash
    ),
    emptied_categories as (
        update public.categories
        set
            embedding = null,
            embedding_model = null
        from home
        where
            categories.workspace_id = home.id
            and categories.embedding_model <> home.embedding_model
        returning
            'embed_category' as kind,
            categories.id,
            private.content_hash(
                private.label_text(categories.name, categories.description, categories.keywords)
            ) as content_hash
    ),
    emptied_tags as (
        update public.tags
        set
            embedding = null,
            embedding_model = null
        from home
        where
            tags.workspace_id = home.id
            and tags.embedding_model <> home.embedding_model
        returning
            'embed_tag' as kind,
            tags.id,
            private.content_hash(private.label_text(tags.name, tags.description, tags.keywords)) as content_hash
    ),
    everything as (
        select * from emptied
        union all
        select * from emptied_campaigns
        union all
        select * from emptied_categories
        union all
        select * from emptied_tags
    ),
    queued as (
        insert into private.jobs (workspace_id, kind, target_id, content_hash)
        select
            requeue_strangers.workspace_id,
            everything.kind,
            everything.id,
            everything.content_hash
        from everything
        order by
            everything.kind,
            everything.id
        on conflict on constraint jobs_target_is_unique do update
        set
            state = 'waiting',
            attempt = jobs.attempt + 1,
            run_at = clock_timestamp(),
            leased_by = null
        returning jobs.id
    )
    select count(*) into found from queued;
    perform set_config('campaignbase.actor', '', true);
    return found;
end
$$;
comment on function private.requeue_strangers is
'Rows whose vector is another model''s than their workspace''s lose it, and wait for a worker to make the right one.';
revoke execute on function private.requeue_strangers from public, anon, authenticated;
grant execute on function private.requeue_strangers to service_role;

-- sql/rpc/start_backfill.sql
create function public.start_backfill(
    workspace_id uuid,
    -- labels or vectors
    kind text,
    -- labels: {"conditions": of a rule, "label_state": [..], "category_source": [.., "none"], "campaign_id": uuid,
    -- "older": see is_outdated, "content_only": true}, each may be left out
    selection jsonb default '{}',
    -- vectors: of the new ones
    model text default null,
    -- labels: ask a model in batches
    batched boolean default false,
    -- vectors: use them as soon as all are there
    switches boolean default true
)
    -- its id
    returns uuid
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    error text := case
        when start_backfill.selection ? 'conditions'
            then private.rule_conditions_error(start_backfill.selection -> 'conditions')
    end;
    current_model text;
    added uuid;
    rows_to_see bigint;
begin
    if error is not null then
        raise exception using errcode = 'invalid_parameter_value', message = error;
    end if;
    select workspaces.embedding_model into current_model
    from public.workspaces
    where workspaces.id = start_backfill.workspace_id
    for no key update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no workspace %s', start_backfill.workspace_id);
    end if;
    if start_backfill.kind = 'vectors' and current_model is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'the workspace has no vectors yet; the first one decides by which model they are';
    end if;
    if start_backfill.kind = 'vectors' and current_model = start_backfill.model then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('the workspace''s vectors are by %L already', start_backfill.model);
    end if;
    if exists (
        select
        from public.backfills
        where
            backfills.workspace_id = start_backfill.workspace_id
            and backfills.kind = start_backfill.kind
            and backfills.state in ('running', 'paused', 'ready')
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('a backfill of %s is under way in this workspace', start_backfill.kind),
            hint = 'See it with status; resume it, or cancel it first.';
    end if;
    if start_backfill.kind = 'vectors' then
        -- the way back from the last switch ends here
        update public.backfills
        set
            state = 'done',
            updated_at = clock_timestamp()
        where
            backfills.workspace_id = start_backfill.workspace_id
            and backfills.state = 'switched';
        delete from private.spare_vectors
        where
            spare_vectors.workspace_id = start_backfill.workspace_id
            and spare_vectors.embedding_model <> start_backfill.model;
    end if;
    rows_to_see := (
        select count(*)
        from public.content_assets
        where content_assets.workspace_id = start_backfill.workspace_id
    );
    if start_backfill.kind = 'vectors' or not start_backfill.selection ? 'content_only' then
        rows_to_see := rows_to_see + (
            select count(*)
            from public.campaigns
            where campaigns.workspace_id = start_backfill.workspace_id
        );
    end if;
    if start_backfill.kind = 'vectors' then
        rows_to_see := rows_to_see + (
            select count(*)
            from public.categories
            where categories.workspace_id = start_backfill.workspace_id
        ) + (
            select count(*)
            from public.tags
            where tags.workspace_id = start_backfill.workspace_id
        );
    end if;
    insert into public.backfills
    (workspace_id, kind, selection, batched, switches, embedding_model, previous_model, total)
    values (
        start_backfill.workspace_id,
        start_backfill.kind,
        coalesce(start_backfill.selection, '{}'),
        coalesce(start_backfill.batched, false),
        coalesce(start_backfill.switches, true),
        start_backfill.model,
        case when start_backfill.kind = 'vectors' then current_model end,
        rows_to_see
    )
    returning backfills.id into added;
    return added;
end
$$;
comment on function public.start_backfill is
'Begin to label rows again, or to make vectors by another model. One of each kind at a time. For workers only.';
revoke execute on function public.start_backfill from public, anon, authenticated;
grant execute on function public.start_backfill to service_role;

-- sql/rpc/preview_backfill.sql
create function public.preview_backfill(
    workspace_id uuid,
    -- as start_backfill takes it
    selection jsonb default '{}',
    -- what the last answer said; '' from the first row on
    place text default '',
    -- rows at most; clamped to 1..100
    batch integer default 50
)
    -- {"place", "scanned", "jobs": as claim_jobs has them, without a job}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    part record;
begin
    select * into part
    from private.backfill_window(
        preview_backfill.workspace_id,
        coalesce(preview_backfill.selection, '{}'),
        coalesce(preview_backfill.place, ''),
        least(greatest(coalesce(preview_backfill.batch, 50), 1), 100)
    );
    return jsonb_build_object(
        'place', part.next_place,
        'scanned', part.scanned,
        'jobs', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'job_id', 0,
                            'attempt', 0,
                            'kind', part.kind,
                            'workspace_id', told.workspace_id,
                            'target_id', told.target_id,
                            'content_hash', told.content_hash,
                            'target_text', told.target_text,
                            'embedding_model', told.embedding_model,
                            'embedding', told.embedding::text
                        )
                        order by told.target_id
                    ),
                    '[]'
                )
            from private.backfill_rows(part.kind, part.ids) as told
        )
    );
end
$$;
comment on function public.preview_backfill is
'The rows a backfill would take next, as a worker reads them; nothing is written. For workers only.';
revoke execute on function public.preview_backfill from public, anon, authenticated;
grant execute on function public.preview_backfill to service_role;

-- sql/rpc/claim_backfill.sql
create function public.claim_backfill(
    backfill_id uuid,
    -- who asks; kept with the lease
    worker text,
    -- rows at most; clamped to 1..500
    batch integer default 50,
    -- clamped to 1..3600
    lease_seconds integer default 120,
    -- not the next rows, but these, where they still wait in the queue
    targets uuid[] default null
)
    -- {"place", "jobs": as claim_jobs has them}; null: it is not running now, another worker is just taking rows or at
    -- work on the last ones, or somebody else holds the next one
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    lease interval := make_interval(
        secs => least(greatest(coalesce(claim_backfill.lease_seconds, 120), 1), 3600)
    );
    run public.backfills;
    part record;
    free uuid[];
    busy uuid;
    job_ids bigint[] := '{}';
    held bigint;
begin
    if claim_backfill.targets is not null then
        -- their answers are there: whoever else takes rows of this run is not in the way
        select backfills.* into run
        from public.backfills
        where
            backfills.id = claim_backfill.backfill_id
            and backfills.kind = 'labels';
    else
        select backfills.* into run
        from public.backfills
        where
            backfills.id = claim_backfill.backfill_id
            and backfills.kind = 'labels'
            and backfills.state = 'running'
            and backfills.run_at <= moment
        for no key update skip locked;
    end if;
    if not found then
        return null;
    end if;
    if claim_backfill.targets is not null then
        with leased as (
            update private.jobs
            set
                state = 'leased',
                attempt = jobs.attempt + 1,
                leased_by = claim_backfill.worker,
                run_at = moment + lease,
                updated_at = moment
            where
                jobs.workspace_id = run.workspace_id
                and jobs.kind in ('categorize_content', 'categorize_campaign')
                and jobs.target_id = any(claim_backfill.targets)
                and jobs.state = 'waiting'
            returning jobs.id
        )
        select coalesce(array_agg(leased.id), '{}') into job_ids from leased;
    else
        -- as for other content: the vectors of labels come first
        if exists (
            select
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = run.workspace_id
                and jobs.priority = 0
        ) then
            return null;
        end if;
        if run.place = 'end' then
            held := (
                select count(*)
                from private.jobs
                where
                    jobs.backfill_id = run.id
                    and jobs.state = 'leased'
            );
            if held > 0 then
                update public.backfills
                set
                    last_error = format(
                        'its last rows, %s, are with a worker; if that was killed, another one labels them'
                        ' when its leases end, within two minutes',
                        held
                    ),
                    updated_at = moment  -- waiting is no work
                where backfills.id = run.id;
                return null;
            end if;
            if exists (
                select
                from public.model_batches
                where
                    model_batches.workspace_id = run.workspace_id
                    and model_batches.backfill_id = run.id
            ) then
                return null;
            end if;
            update public.backfills
            set
                state = 'done',
                last_error = null,
                finished_at = moment,
                updated_at = moment
            where backfills.id = run.id;
            return jsonb_build_object('place', 'end', 'jobs', '[]'::jsonb);
        end if;
        select * into part
        from private.backfill_window(
            run.workspace_id,
            run.selection,
            run.place,
            least(greatest(coalesce(claim_backfill.batch, 50), 1), 500)
        );
        -- With the row locked nobody else adds or ends its job, so the insert below waits for nobody.
        if part.kind = 'categorize_content' then
            free := array(
                select content_assets.id
                from public.content_assets
                where content_assets.id = any(part.ids)
                order by content_assets.id
                for no key update skip locked
            );
        else
            free := array(
                select campaigns.id
                from public.campaigns
                where campaigns.id = any(part.ids)
                order by campaigns.id
                for no key update skip locked
            );
        end if;
        -- as far as the first row that somebody else holds, for whatever reason: it is looked at again
        select ids.id into busy
        from unnest(part.ids) as ids (id)
        where
            not ids.id = any(free)
            and (
                exists (select from public.content_assets where content_assets.id = ids.id)
                or exists (select from public.campaigns where campaigns.id = ids.id)
            )
        order by ids.id
        limit 1;
        if busy is not null then
            part.ids := array(
                select ids.id
                from unnest(free) as ids (id)
                where ids.id < busy
                order by ids.id
            );
            if part.ids = '{}' then
                update public.backfills
                set last_error = format('it waits for row %s, which somebody else is writing', busy)
                where backfills.id = run.id;
                return null;
            end if;
            part.scanned := cardinality(part.ids);
            part.next_place := part.kind || '/' || part.ids[cardinality(part.ids)];
        else
            part.ids := free;
        end if;
        with revived as (
            select jobs.id
            from private.jobs
            where
                jobs.kind = part.kind
                and jobs.target_id = any(part.ids)
                and jobs.state = 'dead'
            order by jobs.id
            for update skip locked
        ),
        leased as (
            update private.jobs
            set
                state = 'leased',
                attempt = jobs.attempt + 1,
                failures = 0,
                backfill_id = run.id,
                leased_by = coalesce(claim_backfill.worker, 'unnamed'),
                run_at = moment + lease,
                updated_at = moment
            from revived
            where jobs.id = revived.id
            returning jobs.id
        )
        select coalesce(array_agg(leased.id), '{}') into job_ids from leased;
        with leased as (
            insert into private.jobs
            (workspace_id, kind, target_id, content_hash, state, attempt, leased_by, run_at, backfill_id)
            select
                run.workspace_id,
                part.kind,
                told.target_id,
                told.content_hash,
                'leased',
                1,
                coalesce(claim_backfill.worker, 'unnamed'),
                moment + lease,
                run.id
            from private.backfill_rows(part.kind, part.ids) as told
            order by told.target_id
            on conflict on constraint jobs_target_is_unique do nothing
            returning jobs.id
        )
        select job_ids || coalesce(array_agg(leased.id), '{}') into job_ids from leased;
        update public.backfills
        set
            place = part.next_place,
            scanned = backfills.scanned + part.scanned,
            taken = backfills.taken + cardinality(job_ids),
            -- a worker that was away for long is no work
            seconds = backfills.seconds + greatest(0, least(120, extract(
                epoch from moment - greatest(backfills.updated_at, backfills.run_at)
            ))),
            last_error = null,
            updated_at = moment
        where backfills.id = run.id;
        run.place := part.next_place;
    end if;
    return jsonb_build_object(
        'place', run.place,
        'jobs', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'job_id', jobs.id,
                            'attempt', jobs.attempt,
                            'kind', jobs.kind,
                            'workspace_id', jobs.workspace_id,
                            'target_id', jobs.target_id,
                            'content_hash', jobs.content_hash,
                            'target_text', told.target_text,
                            'embedding_model', told.embedding_model,
                            'embedding', case when told.content_hash = jobs.content_hash then told.embedding::text end
                        )
                        order by jobs.id
                    ),
                    '[]'
                )
            from private.jobs
            inner join (
                select
                    'categorize_content' as kind,
                    content.*
                from private.backfill_rows(
                    'categorize_content',
                    array(
                        select jobs.target_id
                        from private.jobs
                        where
                            jobs.id = any(job_ids)
                            and jobs.kind = 'categorize_content'
                    )
                ) as content
                union all
                select
                    'categorize_campaign',
                    campaign.*
                from private.backfill_rows(
                    'categorize_campaign',
                    array(
                        select jobs.target_id
                        from private.jobs
                        where
                            jobs.id = any(job_ids)
                            and jobs.kind = 'categorize_campaign'
                    )
                ) as campaign
            ) as told
                on
                    jobs.kind = told.kind
                    and jobs.target_id = told.target_id
            where jobs.id = any(job_ids)
        )
    );
end
$$;
comment on function public.claim_backfill is
'Take the next rows of a backfill, under a lease, as jobs that complete_jobs ends. For workers only.

A row whose job waits already is passed over: it is labeled by that. A row whose job is dead is tried again.';
revoke execute on function public.claim_backfill from public, anon, authenticated;
grant execute on function public.claim_backfill to service_role;

-- sql/rpc/report_backfill.sql
create function public.report_backfill(
    backfill_id uuid,
    -- vectors: rows since the last report; rows that are labeled are counted by complete_jobs
    failed integer default 0,
    -- US dollars
    cost numeric default 0,
    -- no more rows for so long; null: go on
    wait_seconds double precision default null,
    -- why
    error text default null
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    update public.backfills
    set
        failed = backfills.failed + coalesce(report_backfill.failed, 0),
        cost = backfills.cost + coalesce(report_backfill.cost, 0),
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
        ))),
        run_at = case
            when report_backfill.wait_seconds is null then backfills.run_at
            else clock_timestamp() + make_interval(secs => least(greatest(report_backfill.wait_seconds, 0), 86400))
        end,
        last_error = coalesce(left(report_backfill.error, 2000), backfills.last_error),
        updated_at = clock_timestamp()
    where backfills.id = report_backfill.backfill_id;
$$;
comment on function public.report_backfill is 'Add to the account of a backfill, or let it wait. For workers only.';
revoke execute on function public.report_backfill from public, anon, authenticated;
grant execute on function public.report_backfill to service_role;

-- sql/rpc/stop_backfill.sql
create function public.stop_backfill(
    backfill_id uuid,
    -- paused, running (again, also one that waits), or canceled
    state text
)
    -- false: it is over, or was that already
    returns boolean
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    stopped public.backfills;
begin
    update public.backfills
    set
        state = stop_backfill.state,
        -- vectors that are complete: once more from the beginning, for what came since
        place = case when backfills.state = 'ready' then '' else backfills.place end,
        run_at = clock_timestamp(),
        finished_at = case when stop_backfill.state = 'canceled' then clock_timestamp() end,
        updated_at = clock_timestamp()
    where
        backfills.id = stop_backfill.backfill_id
        and case stop_backfill.state
            when 'paused' then backfills.state = 'running'
            when 'running' then backfills.state in ('running', 'paused', 'ready')
            when 'canceled' then backfills.state in ('running', 'paused', 'ready')
        end
    returning backfills.* into stopped;
    if stop_backfill.state = 'canceled' then
        -- Also where it was canceled before: a worker may have put rows off meanwhile. What waits, be it for a
        -- model's answer, has a label already and keeps it; text that changed is queued and waits on.
        delete from private.jobs
        where
            jobs.id in (
                select waiting.id
                from private.jobs as waiting
                where
                    waiting.backfill_id = stop_backfill.backfill_id
                    and waiting.state = 'waiting'
                    and exists (
                        select
                        from public.backfills
                        where
                            backfills.id = waiting.backfill_id
                            and backfills.state = 'canceled'
                    )
                    and not exists (
                        select
                        from public.content_assets
                        where
                            content_assets.id = waiting.target_id
                            and content_assets.label_state not in ('labeled', 'review')
                    )
                    and not exists (
                        select
                        from public.campaigns
                        where
                            campaigns.id = waiting.target_id
                            and campaigns.label_state not in ('labeled', 'review')
                    )
                for update of waiting skip locked
            );
    end if;
    if stopped.state = 'canceled' and stopped.kind = 'vectors' then
        delete from private.spare_vectors
        where
            spare_vectors.workspace_id = stopped.workspace_id
            and spare_vectors.embedding_model = stopped.embedding_model;
    end if;
    return stopped.id is not null;
end
$$;
comment on function public.stop_backfill is
'Pause a backfill, let it go on, or end it; vectors it made beside those in use are dropped, and rows that wait
for a model keep what they have. For workers only.

Rows that a worker has taken already are finished.';
revoke execute on function public.stop_backfill from public, anon, authenticated;
grant execute on function public.stop_backfill to service_role;

-- sql/rpc/claim_vectors.sql
create function public.claim_vectors(
    backfill_id uuid,
    -- texts at most; clamped to 1..500
    batch integer default 100
)
    -- {"state", "place", "texts": [{"kind", "target_id", "content_hash", "target_text"}]}; null: it is not running
    -- now, or another worker is just taking texts
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    step constant integer := 500;
    kinds constant text[] := array['embed_category', 'embed_tag', 'categorize_campaign', 'categorize_content'];
    moment timestamptz := clock_timestamp();
    wanted integer := least(greatest(coalesce(claim_vectors.batch, 100), 1), 500);
    run public.backfills;
    area text;
    last_id uuid;
    next_place text;
    looked integer := 0;
    missing integer := 0;
    item record;
    texts jsonb := '[]';
    taken_now integer;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = claim_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state in ('running', 'switched', 'rolled_back')
        and backfills.run_at <= moment
    for no key update skip locked;
    if not found then
        return null;
    end if;
    if run.state <> 'running' then
        -- a batch that was under way at the switch may have written a vector of the other model
        perform private.requeue_strangers(run.workspace_id);
        update public.backfills set run_at = '3000-01-01 00:00:00+00' where backfills.id = run.id;
        return jsonb_build_object('state', run.state, 'place', 'end', 'texts', texts);
    end if;
    area := coalesce(nullif(split_part(run.place, '/', 1), ''), kinds[1]);
    last_id := coalesce(nullif(split_part(run.place, '/', 2), '')::uuid, '00000000-0000-0000-0000-000000000000');
    for item in
        select
            told.target_id,
            told.target_text,
            private.content_hash(told.target_text) as content_hash,
            -- no join: of a table that grew since it was analyzed the planner would read all
            (
                select spare_vectors.content_hash
                from private.spare_vectors
                where
                    spare_vectors.target_id = told.target_id
                    and spare_vectors.embedding_model = run.embedding_model
            ) as known_hash
        from private.texts_after(run.workspace_id, area, last_id, step) as told
        order by told.target_id
    loop
        looked := looked + 1;
        last_id := item.target_id;
        if item.target_text is not null and item.known_hash is distinct from item.content_hash then
            missing := missing + 1;
            texts := texts || jsonb_build_object(
                'kind', area,
                'target_id', item.target_id,
                'content_hash', item.content_hash,
                'target_text', item.target_text
            );
        end if;
        exit when missing = wanted;
    end loop;
    taken_now := missing;
    next_place := case
        when looked = step or missing = wanted then area || '/' || last_id
        when area = kinds[4] then 'end'
        else kinds[array_position(kinds, area) + 1] || '/'
    end;
    if next_place = 'end' then
        -- From the beginning, for what came or changed behind the place or was lost with a worker; but not for ever:
        -- one in a thousand that comes in the meantime waits at the switch for a worker, like a new row.
        missing := run.found_missing + missing;
        if
            missing > 0
            and (run.scanned + looked < 2 * run.total or missing > run.total / 1000)
        then
            next_place := '';
        else
            run.state := 'ready';
        end if;
    end if;
    update public.backfills
    set
        place = next_place,
        state = run.state,
        found_missing = case when next_place in ('', 'end') then 0 else backfills.found_missing + missing end,
        scanned = backfills.scanned + looked,
        taken = backfills.taken + taken_now,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from moment - greatest(backfills.updated_at, backfills.run_at)
        ))),
        last_error = null,
        updated_at = moment
    where backfills.id = run.id;
    return jsonb_build_object('state', run.state, 'place', next_place, 'texts', texts);
end
$$;
comment on function public.claim_vectors is
'The next texts that have no vector yet by the model of a backfill. For workers only.

What a worker takes and never writes is found again when the others are done.';
revoke execute on function public.claim_vectors from public, anon, authenticated;
grant execute on function public.claim_vectors to service_role;

-- sql/rpc/write_vectors.sql
create function public.write_vectors(
    backfill_id uuid,
    -- [{"kind", "target_id", "content_hash", "embedding": text, null when there is nothing to embed}]
    vectors jsonb
)
    -- how many were written; 0 where the backfill is over
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    run public.backfills;
    written integer;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = write_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state in ('running', 'paused', 'ready')
    -- none is written behind a switch
    for no key update;
    if not found then
        return 0;
    end if;
    insert into private.spare_vectors
    (workspace_id, kind, target_id, embedding_model, content_hash, embedding)
    select
        run.workspace_id,
        given.kind,
        given.target_id,
        run.embedding_model,
        given.content_hash,
        given.embedding::extensions.vector
    from jsonb_to_recordset(write_vectors.vectors)
        as given (kind text, target_id uuid, content_hash text, embedding text)
    order by given.target_id
    on conflict on constraint spare_vectors_pkey do update
    set
        content_hash = excluded.content_hash,
        embedding = excluded.embedding;
    get diagnostics written = row_count;
    update public.backfills
    set
        done = backfills.done + written,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + greatest(0, least(120, extract(
            epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
        ))),
        updated_at = clock_timestamp()
    where backfills.id = run.id;
    return written;
end
$$;
comment on function public.write_vectors is
'Keep vectors beside those in use. For workers only.';
revoke execute on function public.write_vectors from public, anon, authenticated;
grant execute on function public.write_vectors to service_role;

-- sql/rpc/switch_vectors.sql
create function public.switch_vectors(
    backfill_id uuid,
    -- to the vectors there were before
    back boolean default false
)
    -- {"switched": rows, "queued": rows that wait for a worker to make theirs}
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
    -- of a large workspace it takes minutes, and the platform ends a statement after seconds
    set statement_timeout = 0
as $$
declare
    run public.backfills;
    old_model text;
    new_model text;
    part integer;
    switched integer := 0;
    queued integer;
    refused integer;
    -- rows that may be without a vector for a while
    few integer := 0;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = switch_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state = case when switch_vectors.back then 'switched' else 'ready' end
    for no key update;
    if not found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = case
                when switch_vectors.back then 'there is no switch of vectors to take back'
                else 'its vectors are not complete'
            end,
            hint = case
                when switch_vectors.back then 'The way back ends with the next backfill of vectors.'
                else 'Let the backfill run on.'
            end;
    end if;
    old_model := case when switch_vectors.back then run.embedding_model else run.previous_model end;
    new_model := case when switch_vectors.back then run.previous_model else run.embedding_model end;
    perform set_config('campaignbase.actor', 'machine', true);

    -- locks in the order of complete_jobs
    perform categories.id
    from public.categories
    where categories.workspace_id = run.workspace_id
    order by categories.id
    for no key update;
    perform tags.id
    from public.tags
    where tags.workspace_id = run.workspace_id
    order by tags.id
    for no key update;
    perform content_assets.id
    from public.content_assets
    where content_assets.workspace_id = run.workspace_id
    order by content_assets.id
    for no key update;
    perform campaigns.id
    from public.campaigns
    where campaigns.workspace_id = run.workspace_id
    order by campaigns.id
    for no key update;

    if not switch_vectors.back then
        insert into private.spare_vectors
        (workspace_id, kind, target_id, embedding_model, content_hash, embedding)
        select
            run.workspace_id,
            used.kind,
            used.id,
            old_model,
            used.content_hash,
            used.embedding
        from (
            select
                'categorize_content' as kind,
                content_assets.workspace_id,
                content_assets.id,
                content_assets.content_hash,
                content_assets.embedding_model,
                content_assets.embedding
            from public.content_assets
            union all
            select
                'categorize_campaign',
                campaigns.workspace_id,
                campaigns.id,
                campaigns.content_hash,
                campaigns.embedding_model,
                campaigns.embedding
            from public.campaigns
            union all
            select
                'embed_category',
                categories.workspace_id,
                categories.id,
                categories.content_hash,
                categories.embedding_model,
                categories.embedding
            from public.categories
            union all
            select
                'embed_tag',
                tags.workspace_id,
                tags.id,
                tags.content_hash,
                tags.embedding_model,
                tags.embedding
            from public.tags
        ) as used
        where
            used.workspace_id = run.workspace_id
            and used.embedding_model = old_model
            and used.content_hash is not null
        on conflict on constraint spare_vectors_pkey do nothing;
        few := greatest(10, run.total / 100);
        refused := (
            select count(*)
            from private.spare_vectors
            inner join private.spare_vectors as used
                on
                    spare_vectors.target_id = used.target_id
                    and used.embedding_model = old_model
            where
                spare_vectors.workspace_id = run.workspace_id
                and spare_vectors.embedding_model = new_model
                and spare_vectors.embedding is null
                and used.embedding is not null
        );
        if refused > few then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('%s rows have no vector by %L, which refused their texts', refused, new_model),
                hint = 'The old vectors stay in use; cancel the backfill, see why, and start another one.';
        end if;
    end if;

    update public.content_assets
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        content_assets.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'categorize_content'
        and spare_vectors.embedding_model = new_model
        and content_assets.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            )
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.campaigns
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        campaigns.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'categorize_campaign'
        and spare_vectors.embedding_model = new_model
        and campaigns.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            )
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.categories
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        categories.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'embed_category'
        and spare_vectors.embedding_model = new_model
        and categories.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.label_text(categories.name, categories.description, categories.keywords)
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.tags
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        tags.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'embed_tag'
        and spare_vectors.embedding_model = new_model
        and tags.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.label_text(tags.name, tags.description, tags.keywords)
        );
    get diagnostics part = row_count;
    switched := switched + part;

    update public.workspaces
    set embedding_model = new_model
    where workspaces.id = run.workspace_id;
    queued := private.requeue_strangers(run.workspace_id);
    if not switch_vectors.back and queued > few then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s rows came or changed and have no vector by %L yet', queued, new_model),
            hint = 'Resume the backfill, then switch.';
    end if;
    delete from private.spare_vectors
    where
        spare_vectors.workspace_id = run.workspace_id
        and (switch_vectors.back or spare_vectors.embedding_model = new_model);
    update public.backfills
    set
        state = case when switch_vectors.back then 'rolled_back' else 'switched' end,
        -- then requeue_strangers looks once more
        run_at = clock_timestamp() + interval '1 minute',
        finished_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where backfills.id = run.id;
    return jsonb_build_object('switched', switched, 'queued', queued);
end
$$;
comment on function public.switch_vectors is
'Use the vectors of a backfill, of content, campaigns, categories and tags at once, or go back. For workers only.

Until it commits everybody searches by the old ones. Those are kept for the way back, until the next backfill
of vectors.';
revoke execute on function public.switch_vectors from public, anon, authenticated;
grant execute on function public.switch_vectors to service_role;
