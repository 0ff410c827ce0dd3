-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  claim, complete, fail, release, replay
-- Touches:  function private.max_failures, private.mark_failed, private.count_backfilled,
--           private.bury_jobs, private.label_ids, private.unknown_labels, private.enter_vocabulary,
--           private.fail_jobs, private.fix_embedding_model, private.write_history,
--           private.write_tags, private.count_rules, private.write_content_labels,
--           private.next_slot, private.schedule_content, private.write_campaign_labels,
--           private.write_label_vectors, private.proposed_words, private.write_proposals,
--           private.write_labels, private.queue_content, private.queue_status, private.dead_jobs,
--           private.vocabulary, public.claim_jobs, private.many_confirmed,
--           private.nearest_confirmed_by_index, private.nearest_confirmed_exactly,
--           private.content_neighbors, private.campaign_neighbors, public.categorization_context,
--           public.complete_jobs, private.embedding_targets, public.pending_embeddings,
--           public.write_embeddings, public.release_jobs, public.replay_jobs, public.queue_content,
--           public.queue_status, public.dead_jobs
-- Mirrors:  sql/functions/max_failures.sql, sql/functions/mark_failed.sql,
--           sql/functions/count_backfilled.sql, sql/functions/bury_jobs.sql,
--           sql/functions/label_ids.sql, sql/functions/unknown_labels.sql,
--           sql/functions/enter_vocabulary.sql, sql/functions/fail_jobs.sql,
--           sql/functions/fix_embedding_model.sql, sql/functions/write_history.sql,
--           sql/functions/write_tags.sql, sql/functions/count_rules.sql,
--           sql/functions/write_content_labels.sql, sql/functions/next_slot.sql,
--           sql/functions/schedule_content.sql, sql/functions/write_campaign_labels.sql,
--           sql/functions/write_label_vectors.sql, sql/functions/proposed_words.sql,
--           sql/functions/write_proposals.sql, sql/functions/write_labels.sql,
--           sql/functions/queue_content.sql, sql/functions/queue_status.sql,
--           sql/functions/dead_jobs.sql, sql/functions/vocabulary.sql, sql/rpc/claim_jobs.sql,
--           sql/functions/many_confirmed.sql, sql/functions/nearest_confirmed_by_index.sql,
--           sql/functions/nearest_confirmed_exactly.sql, sql/functions/content_neighbors.sql,
--           sql/functions/campaign_neighbors.sql, sql/rpc/categorization_context.sql,
--           sql/rpc/complete_jobs.sql, sql/functions/embedding_targets.sql,
--           sql/rpc/pending_embeddings.sql, sql/rpc/write_embeddings.sql, sql/rpc/release_jobs.sql,
--           sql/rpc/replay_jobs.sql, sql/rpc/queue_content.sql, sql/rpc/queue_status.sql,
--           sql/rpc/dead_jobs.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/max_failures.sql
create function private.max_failures()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 5;
$$;
comment on function private.max_failures is 'Failures after which a job is dead and waits for replay_jobs.';
revoke execute on function private.max_failures from public, anon, authenticated;
grant execute on function private.max_failures to service_role;

-- sql/functions/mark_failed.sql
create function private.mark_failed(job_ids bigint[])
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
begin
    perform set_config('campaignbase.actor', 'machine', true);
    update public.content_assets
    set label_state = 'failed'
    from private.jobs
    where
        jobs.id = any(mark_failed.job_ids)
        and jobs.state = 'dead'
        and jobs.kind = 'categorize_content'
        and content_assets.id = jobs.target_id;
    update public.campaigns
    set label_state = 'failed'
    from private.jobs
    where
        jobs.id = any(mark_failed.job_ids)
        and jobs.state = 'dead'
        and jobs.kind = 'categorize_campaign'
        and campaigns.id = jobs.target_id;
    perform set_config('campaignbase.actor', actor, true);
end
$$;
comment on function private.mark_failed is
'Shows on the row that its job is dead. Call with the rows locked before the jobs.';
revoke execute on function private.mark_failed from public, anon, authenticated;
grant execute on function private.mark_failed to service_role;

-- sql/functions/count_backfilled.sql
create function private.count_backfilled(
    -- of complete_jobs: "changed" and "cost" of an answer are read
    results jsonb,
    -- jobs that end now
    done bigint[],
    -- jobs of which some may be dead now
    failed bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    concerned bigint[];
begin
    select array_agg(jobs.id) into concerned
    from private.jobs
    where
        jobs.backfill_id is not null
        and (
            jobs.id = any(count_backfilled.done)
            or (jobs.id = any(count_backfilled.failed) and jobs.state = 'dead')
        );
    if concerned is null then
        return;
    end if;
    perform backfills.id
    from public.backfills
    where backfills.id in (select jobs.backfill_id from private.jobs where jobs.id = any(concerned))
    order by backfills.id
    for no key update;
    update public.backfills
    set
        done = backfills.done + counted.done,
        changed = backfills.changed + counted.changed,
        failed = backfills.failed + counted.failed,
        cost = backfills.cost + counted.cost,
        -- a worker that was away for long is no work
        seconds = backfills.seconds + case
            when backfills.state <> 'running' then 0
            else greatest(0, least(120, extract(
                epoch from clock_timestamp() - greatest(backfills.updated_at, backfills.run_at)
            )))
        end,
        updated_at = clock_timestamp()
    from (
        select
            jobs.backfill_id,
            count(*) filter (where jobs.state <> 'dead') as done,
            count(*) filter (where jobs.state <> 'dead' and answer.changed) as changed,
            count(*) filter (where jobs.state = 'dead') as failed,
            coalesce(sum(answer.cost), 0) as cost
        from private.jobs
        left join jsonb_to_recordset(count_backfilled.results) as answer (
            job_id bigint, changed boolean, cost numeric
        )
            on jobs.id = answer.job_id
        where jobs.id = any(concerned)
        group by jobs.backfill_id
    ) as counted
    where backfills.id = counted.backfill_id;
    -- what is dead was counted; it may be tried again
    update private.jobs
    set backfill_id = null
    where
        jobs.id = any(concerned)
        and jobs.state = 'dead';
end
$$;
comment on function private.count_backfilled is
'Adds jobs that end to the account of the backfill that took their rows, whoever ended them. Call last: it locks the run.';
revoke execute on function private.count_backfilled from public, anon, authenticated;
grant execute on function private.count_backfilled to service_role;

-- sql/functions/bury_jobs.sql
create function private.bury_jobs(moment timestamptz)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    expired bigint[];
    free_ids uuid[];
    buried bigint[];
begin
    select array_agg(jobs.id) into expired
    from private.jobs
    where
        jobs.state = 'leased'
        and jobs.failures > 0
        and jobs.failures >= private.max_failures() - 1
        and jobs.run_at <= bury_jobs.moment;
    if expired is null then
        return;
    end if;
    -- content before jobs, as everywhere; what somebody else holds is left to the next claim
    select array_agg(locked.id) into free_ids
    from (
        select content_assets.id
        from public.content_assets
        inner join private.jobs on content_assets.id = jobs.target_id
        where jobs.id = any(expired)
        order by content_assets.id
        for no key update of content_assets skip locked
    ) as locked;
    select free_ids || array_agg(locked.id) into free_ids
    from (
        select campaigns.id
        from public.campaigns
        inner join private.jobs on campaigns.id = jobs.target_id
        where jobs.id = any(expired)
        order by campaigns.id
        for no key update of campaigns skip locked
    ) as locked;
    select array_agg(jobs.id) into buried
    from private.jobs
    where
        jobs.id = any(expired)
        and (jobs.kind in ('embed_category', 'embed_tag') or jobs.target_id = any(free_ids));

    with locked as materialized (
        select jobs.id
        from private.jobs
        where
            jobs.id = any(buried)
            and jobs.state = 'leased'
            and jobs.run_at <= bury_jobs.moment
        order by jobs.id
        for update skip locked
    )
    update private.jobs
    set
        state = 'dead',
        failures = jobs.failures + 1,
        last_error = format('worker %s took the job and never answered', jobs.leased_by),
        leased_by = null,
        updated_at = clock_timestamp()
    from locked
    where jobs.id = locked.id;
    perform private.mark_failed(buried);
    perform private.count_backfilled('[]', '{}', buried);
end
$$;
comment on function private.bury_jobs is
'Declares jobs dead whose last allowed worker took them and never answered: a row that kills its workers stops doing so.';
revoke execute on function private.bury_jobs from public, anon, authenticated;
grant execute on function private.bury_jobs to service_role;

-- sql/functions/label_ids.sql
create function private.label_ids(results jsonb)
    returns setof uuid
    language sql
    immutable
    set search_path = ''
as $$
    select (answer -> 'category' ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    where answer -> 'category' ->> 'id' is not null
    union
    select (answer -> 'audience' ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    where answer -> 'audience' ->> 'id' is not null
    union
    select (tag ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(answer -> 'tags') = 'array' then answer -> 'tags' else '[]' end
    ) as tag;
$$;
comment on function private.label_ids is 'Ids of every category and tag that answers of workers name.';
revoke execute on function private.label_ids from public, anon, authenticated;
grant execute on function private.label_ids to service_role;

-- sql/functions/unknown_labels.sql
create function private.unknown_labels(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs whose answer names a label that their workspace does not have (any more), or not for machines
    returns bigint[]
    language sql
    stable
    set search_path = ''
as $$
    select array_agg(distinct named.job_id)
    from (
        select
            answer.job_id,
            (answer.category ->> 'id')::uuid as category_id,
            null::uuid as tag_id,
            answer.category ->> 'source' as source,
            false as is_audience
        from jsonb_to_recordset(results) as answer (job_id bigint, category jsonb)
        where answer.category ->> 'id' is not null
        union all
        select answer.job_id, null, (answer.audience ->> 'id')::uuid, answer.audience ->> 'source', true
        from jsonb_to_recordset(results) as answer (job_id bigint, audience jsonb)
        where answer.audience ->> 'id' is not null
        union all
        select answer.job_id, null, (tag ->> 'id')::uuid, tag ->> 'source', false
        from jsonb_to_recordset(results) as answer (job_id bigint, tags jsonb)
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
        ) as tag
    ) as named
    inner join private.jobs on named.job_id = jobs.id
    left join public.categories
        on
            named.category_id = categories.id
            and jobs.workspace_id = categories.workspace_id
            -- a person wrote the rule
            and (not categories.manual_only or named.source = 'rule')
    left join public.tags
        on
            named.tag_id = tags.id
            and jobs.workspace_id = tags.workspace_id
            and (not tags.manual_only or named.source = 'rule')
            and (not named.is_audience or tags.tag_type = 'audience')
    where
        named.job_id = any(held)
        and categories.id is null
        and tags.id is null;
$$;
comment on function private.unknown_labels is
'Jobs whose answer must be thrown away because of a label in it: removed while the job ran, never this workspace''s,
kept for people and their rules, or an audience that is no tag of that type.';
revoke execute on function private.unknown_labels from public, anon, authenticated;
grant execute on function private.unknown_labels to service_role;

-- sql/functions/enter_vocabulary.sql
create function private.enter_vocabulary(job_ids bigint[])
    returns void
    language sql
    set search_path = ''
as $$
    select
        pg_advisory_xact_lock_shared(hashtext('campaignbase.vocabulary'), hashtext(homes.workspace_id::text))
    from (
        select distinct jobs.workspace_id
        from private.jobs
        where jobs.id = any(enter_vocabulary.job_ids)
        order by jobs.workspace_id
    ) as homes;
$$;
comment on function private.enter_vocabulary is
'Waits until no merge of labels is under way in the workspaces of these jobs, and keeps one from beginning until the
transaction ends. Called before any row is locked; private.close_vocabulary is the other side.';
revoke execute on function private.enter_vocabulary from public, anon, authenticated;
grant execute on function private.enter_vocabulary to service_role;

-- sql/functions/fail_jobs.sql
create function private.fail_jobs(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs that failed
    returns bigint[]
    language plpgsql
    set search_path = ''
as $$
declare
    failed bigint[];
begin
    with failures as (
        select
            answer.job_id,
            coalesce(answer.failure ->> 'message', 'failed without a message') as message,
            coalesce((answer.failure ->> 'permanent')::boolean, false) as permanent,
            (answer.failure ->> 'retry_after')::double precision as retry_after
        from jsonb_to_recordset(fail_jobs.results) as answer (job_id bigint, failure jsonb)
        where
            jsonb_typeof(answer.failure) = 'object'
            and answer.job_id = any(fail_jobs.held)
    ),
    written as (
        update private.jobs
        set
            -- an answer "come back later" is no failure
            failures = jobs.failures + case when failures.retry_after is null then 1 else 0 end,
            state = case
                when failures.permanent then 'dead'
                when failures.retry_after is null and jobs.failures + 1 >= private.max_failures() then 'dead'
                else 'waiting'
            end,
            leased_by = null,
            last_error = left(failures.message, 2000),
            run_at = clock_timestamp() + make_interval(
                secs => case
                    when failures.retry_after is not null then least(failures.retry_after, 86400)
                    -- full jitter, so that what failed together does not come back together
                    else random() * least(900, 2 * power(2, least(jobs.failures, 20)))
                end
            ),
            updated_at = clock_timestamp()
        from failures
        where jobs.id = failures.job_id
        returning jobs.id
    )
    select array_agg(written.id) into failed from written;
    if failed is not null then
        perform private.mark_failed(failed);
    end if;
    return failed;
end
$$;
comment on function private.fail_jobs is
'Sends failed jobs back to wait, twice as long each time, or to the dead when they failed for good or too often.';
revoke execute on function private.fail_jobs from public, anon, authenticated;
grant execute on function private.fail_jobs to service_role;

-- sql/functions/fix_embedding_model.sql
create function private.fix_embedding_model(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs whose vector is another model's than their workspace's
    returns bigint[]
    language plpgsql
    set search_path = ''
as $$
declare
    others bigint[];
begin
    -- the first vector fixes the model; the row lock decides between two that come at once
    update public.workspaces
    set embedding_model = first.embedding_model
    from (
        select
            jobs.workspace_id,
            min(answer.embedding_model) as embedding_model
        from jsonb_to_recordset(fix_embedding_model.results)
            as answer (job_id bigint, embedding text, embedding_model text)
        inner join private.jobs on answer.job_id = jobs.id
        where
            answer.embedding is not null
            and answer.job_id = any(fix_embedding_model.held)
        group by jobs.workspace_id
    ) as first
    where
        workspaces.id = first.workspace_id
        and workspaces.embedding_model is null;

    select array_agg(answer.job_id) into others
    from jsonb_to_recordset(fix_embedding_model.results)
        as answer (job_id bigint, embedding text, embedding_model text)
    inner join private.jobs on answer.job_id = jobs.id
    inner join public.workspaces on jobs.workspace_id = workspaces.id
    where
        answer.embedding is not null
        and answer.job_id = any(fix_embedding_model.held)
        and answer.embedding_model is distinct from workspaces.embedding_model;
    return others;
end
$$;
comment on function private.fix_embedding_model is
'Gives a workspace the model of its first vector, and names the answers that were made with another.';
revoke execute on function private.fix_embedding_model from public, anon, authenticated;
grant execute on function private.fix_embedding_model to service_role;

-- sql/functions/write_history.sql
create function private.write_history(
    results jsonb,
    -- jobs to write; their rows are locked and not yet changed
    done bigint[]
)
    returns void
    language sql
    set search_path = ''
as $$
    insert into public.categorizations
    (
        workspace_id, content_asset_id, campaign_id, field, label, labels, candidate, previous_label, source, score,
        rule_id, head_version, reasons, outcome, model, fallback, prompt_version, vocabulary_version,
        embedding_model, content_hash, cost, latency_ms
    )
    select
        jobs.workspace_id,
        content_assets.id,
        campaigns.id,
        decision.field,
        decision.label,
        decision.labels,
        case when decision.field = 'category' and decision.label is null then candidates.name end,
        decision.previous_label,
        case when decision.label is not null then decision.source end,
        decision.score,
        (decision.chosen ->> 'rule_id')::uuid,
        (decision.chosen ->> 'head_version')::integer,
        coalesce(decision.reasons, '[]'),
        case
            when decision.held_by_human then 'kept_human'
            when decision.label is null then 'abstained'
            else 'applied'
        end,
        answer.model,
        case when decision.field = 'category' then answer.fallback end,
        answer.prompt_version,
        answer.vocabulary_version,
        answer.embedding_model,
        answer.content_hash,
        -- once a run, on the category
        case when decision.field = 'category' then answer.cost end,
        case when decision.field = 'category' then answer.latency_ms end
    from jsonb_to_recordset(results) as answer (
        job_id bigint, embedding_model text, content_hash text, category jsonb, sentiment jsonb, audience jsonb,
        tags jsonb, model text, fallback text, prompt_version text, vocabulary_version integer,
        cost numeric, latency_ms integer
    )
    inner join private.jobs on answer.job_id = jobs.id
    left join public.content_assets
        on
            jobs.kind = 'categorize_content'
            and jobs.target_id = content_assets.id
    left join public.campaigns
        on
            jobs.kind = 'categorize_campaign'
            and jobs.target_id = campaigns.id
    left join public.categories on categories.id = (answer.category ->> 'id')::uuid
    left join public.categories as candidates
        on
            candidates.id = (answer.category ->> 'candidate')::uuid
            and jobs.workspace_id = candidates.workspace_id
    left join public.tags as audiences on audiences.id = (answer.audience ->> 'id')::uuid
    cross join lateral (
        select
            'category' as field,
            categories.name as label,
            null::jsonb as labels,
            coalesce(content_assets.primary_category, campaigns.primary_category) as previous_label,
            answer.category as chosen,
            answer.category ->> 'source' as source,
            (answer.category ->> 'score')::real as score,
            answer.category -> 'reasons' as reasons,
            coalesce(content_assets.category_source, campaigns.category_source, '') = 'human' as held_by_human
        where jsonb_typeof(answer.category) = 'object'
        union all
        select
            'sentiment',
            answer.sentiment ->> 'label',
            null,
            content_assets.sentiment,
            answer.sentiment,
            answer.sentiment ->> 'source',
            (answer.sentiment ->> 'score')::real,
            answer.sentiment -> 'reasons',
            coalesce(content_assets.sentiment_source, '') = 'human'
        where content_assets.id is not null and answer.sentiment ->> 'label' is not null
        union all
        select
            'audience',
            audiences.name,
            null,
            content_assets.target_audience,
            answer.audience,
            answer.audience ->> 'source',
            (answer.audience ->> 'score')::real,
            answer.audience -> 'reasons',
            coalesce(content_assets.audience_source, '') = 'human'
        where content_assets.id is not null and audiences.id is not null
        union all
        select
            'tags',
            string_agg(named.name, ', ' order by named.place),
            jsonb_agg(
                jsonb_strip_nulls(
                    jsonb_build_object(
                        'id', named.id, 'name', named.name, 'source', named.source, 'score', named.score,
                        'reason', named.reason, 'rule_id', named.rule_id
                    )
                )
                order by named.place
            ),
            nullif(array_to_string(content_assets.tags, ', '), ''),
            null,
            min(named.source) filter (where named.place = 1),
            null,
            null,
            false
        from (
            select
                tags.id,
                tags.name,
                tag ->> 'source' as source,
                (tag ->> 'score')::real as score,
                tag ->> 'reason' as reason,
                tag ->> 'rule_id' as rule_id,
                row_number() over (order by listed.place) as place
            from jsonb_array_elements(
                case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
            ) with ordinality as listed (tag, place)
            inner join public.tags on tags.id = (listed.tag ->> 'id')::uuid
        ) as named
        where content_assets.id is not null
        having count(*) > 0
    ) as decision
    where
        answer.job_id = any(done)
        and jobs.kind in ('categorize_content', 'categorize_campaign');
$$;
comment on function private.write_history is
'Adds what was decided to the history, a row a field, beside what stood there before.';
revoke execute on function private.write_history from public, anon, authenticated;
grant execute on function private.write_history to service_role;

-- sql/functions/write_tags.sql
create function private.write_tags(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- The counters of every tag that may come or go, in one order for everybody and before the first is counted:
    -- the two statements below would each lock their own.
    perform tags.id
    from public.tags
    where
        tags.id in (
            select content_asset_tags.tag_id
            from private.jobs
            inner join public.content_asset_tags on jobs.target_id = content_asset_tags.content_asset_id
            where
                jobs.id = any(write_tags.done)
                and jobs.kind = 'categorize_content'
            union all
            select (tag ->> 'id')::uuid
            from jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb)
            cross join lateral jsonb_array_elements(
                case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
            ) as tag
            where answer.job_id = any(write_tags.done)
        )
    order by tags.id
    for no key update;

    -- what a machine said last time and no longer says
    delete from public.content_asset_tags
    using jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb), private.jobs
    where
        answer.job_id = any(write_tags.done)
        and jobs.id = answer.job_id
        and jobs.kind = 'categorize_content'
        and content_asset_tags.content_asset_id = jobs.target_id
        and content_asset_tags.source <> 'human'
        and not exists (
            select
            from jsonb_array_elements(
                case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
            ) as tag
            where (tag ->> 'id')::uuid = content_asset_tags.tag_id
        );

    insert into public.content_asset_tags
    (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select distinct on (jobs.target_id, (tag ->> 'id')::uuid)
        jobs.workspace_id,
        jobs.target_id,
        (tag ->> 'id')::uuid,
        tag ->> 'source',
        (tag ->> 'score')::real,
        tag ->> 'reason',
        'applied'
    from jsonb_to_recordset(write_tags.results) as answer (job_id bigint, tags jsonb)
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(answer.tags) = 'array' then answer.tags else '[]' end
    ) as tag
    where answer.job_id = any(write_tags.done)
    order by jobs.target_id, (tag ->> 'id')::uuid
    on conflict on constraint content_asset_tags_pkey do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            updated_at = clock_timestamp()
        -- what a person added or refused is hers
        where content_asset_tags.source <> 'human';

    -- she may have put a tag of a full group there meanwhile
    if
        exists (
            select
            from private.jobs
            inner join public.tag_groups on jobs.workspace_id = tag_groups.workspace_id
            where jobs.id = any(write_tags.done)
        )
    then
        perform private.evict_tags(
            array(select jobs.target_id from private.jobs where jobs.id = any(write_tags.done))
        );
    end if;
end
$$;
comment on function private.write_tags is
'Replaces a machine''s tags with the new ones; what a person added or refused is left alone.';
revoke execute on function private.write_tags from public, anon, authenticated;
grant execute on function private.write_tags to service_role;

-- sql/functions/count_rules.sql
create function private.count_rules(
    results jsonb,
    -- jobs that were written
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform automation_rules.id
    from public.automation_rules
    where
        automation_rules.id in (
            select (fired ->> 'id')::uuid
            from jsonb_to_recordset(count_rules.results) as answer (job_id bigint, rules jsonb)
            cross join lateral jsonb_array_elements(
                case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
            ) as fired
            where answer.job_id = any(count_rules.done)
        )
    order by automation_rules.id
    for no key update;

    update public.automation_rules
    set
        execution_count = automation_rules.execution_count + counted.executions,
        success_count = automation_rules.success_count + counted.successes,
        last_execution = clock_timestamp()
    from (
        select
            (fired ->> 'id')::uuid as id,
            count(*) as executions,
            count(*) filter (where (fired ->> 'success')::boolean) as successes
        from jsonb_to_recordset(count_rules.results) as answer (job_id bigint, rules jsonb)
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        where answer.job_id = any(count_rules.done)
        group by (fired ->> 'id')::uuid
    ) as counted
    where automation_rules.id = counted.id;
end
$$;
comment on function private.count_rules is 'Counts which rules matched and which took effect.';
revoke execute on function private.count_rules from public, anon, authenticated;
grant execute on function private.count_rules to service_role;

-- sql/functions/write_content_labels.sql
create function private.write_content_labels(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- one UPDATE an asset, the tag array included: each further one is another insert into the vector index
    update public.content_assets
    set
        embedding = case
            when answer.embedding_kept then content_assets.embedding
            else answer.embedding::extensions.vector
        end,
        embedding_model = case
            when answer.embedding_kept then content_assets.embedding_model
            when answer.embedding is not null then answer.embedding_model
        end,
        content_hash = answer.content_hash,
        primary_category = case
            when content_assets.category_source = 'human' then content_assets.primary_category
            else categories.name
        end,
        category_source = case
            when content_assets.category_source = 'human' then 'human'
            when categories.name is not null then answer.category ->> 'source'
        end,
        tags = private.applied_tags(content_assets.id),
        sentiment = case
            when content_assets.sentiment_source = 'human' then content_assets.sentiment
            else answer.sentiment ->> 'label'
        end,
        sentiment_source = case
            when content_assets.sentiment_source = 'human' then 'human'
            when answer.sentiment ->> 'label' is not null then answer.sentiment ->> 'source'
        end,
        target_audience = case
            when content_assets.audience_source = 'human' then content_assets.target_audience
            else audiences.name
        end,
        audience_source = case
            when content_assets.audience_source = 'human' then 'human'
            when audiences.name is not null then answer.audience ->> 'source'
        end,
        label_state = case
            when content_assets.category_source = 'human' and content_assets.primary_category is not null
                then 'labeled'
            when content_assets.category_source = 'human' then 'review'
            when categories.name is not null then 'labeled'
            else 'review'
        end,
        -- a person's word on it stays; what a rule said is said anew
        approval = case when by_machine.may then coalesce(verdict.approval, 'none') else content_assets.approval end,
        approval_rule = case when by_machine.may then verdict.rule else content_assets.approval_rule end,
        approval_note = case
            when by_machine.may and verdict.rule is distinct from content_assets.approval_rule then null
            else content_assets.approval_note
        end,
        language = answer.language,
        quality_score = answer.quality_score,
        quality_parts = nullif(answer.quality_parts, 'null')
    from jsonb_to_recordset(write_content_labels.results) as answer (
        job_id bigint, embedding text, embedding_kept boolean, embedding_model text, content_hash text,
        category jsonb, sentiment jsonb, audience jsonb, language text, quality_score numeric, quality_parts jsonb,
        rules jsonb
    )
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    left join public.categories on categories.id = (answer.category ->> 'id')::uuid
    left join public.tags as audiences on audiences.id = (answer.audience ->> 'id')::uuid
    left join lateral (
        select
            case when automation_rules.actions ? 'approve' then 'approved' else 'required' end as approval,
            automation_rules.name as rule
        from jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        inner join public.automation_rules
            on
                (fired ->> 'id')::uuid = automation_rules.id
                and jobs.workspace_id = automation_rules.workspace_id
        where automation_rules.actions ?| array['approve', 'require_approval']
        order by automation_rules.priority desc, automation_rules.created_at, automation_rules.id
        limit 1
    ) as verdict on true
    inner join public.content_assets as before on jobs.target_id = before.id
    cross join lateral (
        select before.approval = 'none' or before.approval_rule is not null as may
    ) as by_machine
    where
        answer.job_id = any(write_content_labels.done)
        and content_assets.id = jobs.target_id;
end
$$;
comment on function private.write_content_labels is
'Writes accepted answers on their assets. A field whose source is human keeps its value.';
revoke execute on function private.write_content_labels from public, anon, authenticated;
grant execute on function private.write_content_labels to service_role;

-- sql/functions/next_slot.sql
create function private.next_slot(
    workspace_id uuid,
    platform text,
    -- of a campaign: 09:00, or mon 09:00
    times text[],
    -- an IANA name
    timezone text,
    -- the slot is later than this, and not later than that; null: whenever
    after timestamptz,
    until timestamptz
)
    -- null when none is free within a year
    returns timestamptz
    language sql
    stable
    set search_path = ''
as $$
    select slots.slot
    from (
        select distinct
            -- Where clocks skip an hour, a time in it is an hour later; where they repeat one, the second counts.
            (
                days.day + make_interval(hours => parsed.part[2]::integer, mins => parsed.part[3]::integer)
            ) at time zone next_slot.timezone as slot
        from generate_series(
            date_trunc('day', next_slot.after at time zone next_slot.timezone),
            date_trunc('day', next_slot.after at time zone next_slot.timezone) + interval '366 days',
            interval '1 day'
        ) as days (day)
        cross join (
            select
                regexp_match(
                    lower(listed.time),
                    '^(?:(mon|tue|wed|thu|fri|sat|sun) )?([01]?[0-9]|2[0-3]):([0-5][0-9])$'
                ) as part
            from unnest(next_slot.times) as listed (time)
        ) as parsed
        where
            parsed.part is not null
            and (parsed.part[1] is null or parsed.part[1] = to_char(days.day, 'dy'))
    ) as slots
    where
        slots.slot > next_slot.after
        and (next_slot.until is null or slots.slot <= next_slot.until)
        and not exists (
            select
            from public.social_posts
            where
                social_posts.workspace_id = next_slot.workspace_id
                and social_posts.platform = next_slot.platform
                and social_posts.scheduled_time = slots.slot
                and social_posts.status <> 'deleted'
        )
    order by slots.slot
    limit 1;
$$;
comment on function private.next_slot is
'The next of these times of day at which no post of the workspace stands on that platform.';
revoke execute on function private.next_slot from public, anon, authenticated;
grant execute on function private.next_slot to service_role;

-- sql/functions/schedule_content.sql
create function private.schedule_content(
    results jsonb,
    -- jobs that were written; their rows say what was decided
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    wanted record;
    place text;
    slot timestamptz;
begin
    for wanted in
        select distinct on (content_assets.created_at, content_assets.id)
            content_assets.id,
            content_assets.workspace_id,
            content_assets.campaign_id,
            campaigns.target_platforms,
            campaigns.optimal_times,
            campaigns.end_date,
            greatest(clock_timestamp(), campaigns.start_date) as after,
            workspaces.timezone,
            automation_rules.name as rule
        from jsonb_to_recordset(schedule_content.results) as answer (job_id bigint, rules jsonb)
        inner join private.jobs
            on
                answer.job_id = jobs.id
                and jobs.kind = 'categorize_content'
        inner join public.content_assets on jobs.target_id = content_assets.id
        inner join public.campaigns on content_assets.campaign_id = campaigns.id
        inner join public.workspaces on content_assets.workspace_id = workspaces.id
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        inner join public.automation_rules
            on
                (fired ->> 'id')::uuid = automation_rules.id
                and jobs.workspace_id = automation_rules.workspace_id
        where
            answer.job_id = any(schedule_content.done)
            and automation_rules.actions ? 'schedule'
            and campaigns.status in ('draft', 'active')
            and content_assets.approval in ('none', 'approved')
        order by
            content_assets.created_at, content_assets.id,
            automation_rules.priority desc, automation_rules.created_at, automation_rules.id
    loop
        -- two that look for a free slot do so one after the other
        perform pg_advisory_xact_lock(
            hashtext('campaignbase.schedule_content'), hashtext(wanted.workspace_id::text)
        );
        foreach place in array wanted.target_platforms loop
            -- of a campaign older than the check of platforms
            continue when coalesce(place, '') !~ '^[a-z][a-z0-9_]*$';
            continue when exists (
                select
                from private.schedulings
                where
                    schedulings.content_asset_id = wanted.id
                    and schedulings.platform = place
            ) or exists (
                select
                from public.social_posts
                where
                    social_posts.workspace_id = wanted.workspace_id
                    and social_posts.content_asset_id = wanted.id
                    and social_posts.platform = place
            );
            slot := private.next_slot(
                wanted.workspace_id, place, wanted.optimal_times, wanted.timezone, wanted.after, wanted.end_date
            );
            continue when slot is null;
            insert into public.social_posts
            (workspace_id, campaign_id, content_asset_id, platform, scheduled_time)
            values (wanted.workspace_id, wanted.campaign_id, wanted.id, place, slot);
            insert into private.schedulings (workspace_id, content_asset_id, platform, rule, scheduled_time)
            values (wanted.workspace_id, wanted.id, place, wanted.rule, slot);
        end loop;
    end loop;
end
$$;
comment on function private.schedule_content is
'Writes a post for each platform of the campaign of what a scheduling rule matched, at the next free of its optimal times.

Once for each content and platform. Nothing is written for what is not approved, or of a paused or completed campaign.';
revoke execute on function private.schedule_content from public, anon, authenticated;
grant execute on function private.schedule_content to service_role;

-- sql/functions/write_campaign_labels.sql
create function private.write_campaign_labels(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    update public.campaigns
    set
        embedding = case
            when answer.embedding_kept then campaigns.embedding
            else answer.embedding::extensions.vector
        end,
        embedding_model = case
            when answer.embedding_kept then campaigns.embedding_model
            when answer.embedding is not null then answer.embedding_model
        end,
        content_hash = answer.content_hash,
        primary_category = case
            when campaigns.category_source = 'human' then campaigns.primary_category
            else categories.name
        end,
        category_source = case
            when campaigns.category_source = 'human' then 'human'
            when categories.name is not null then answer.category ->> 'source'
        end,
        label_state = case
            when campaigns.category_source = 'human' and campaigns.primary_category is not null then 'labeled'
            when campaigns.category_source = 'human' then 'review'
            when categories.name is not null then 'labeled'
            else 'review'
        end
    from jsonb_to_recordset(write_campaign_labels.results) as answer (
        job_id bigint, embedding text, embedding_kept boolean, embedding_model text, content_hash text,
        category jsonb
    )
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_campaign'
    left join public.categories on categories.id = (answer.category ->> 'id')::uuid
    where
        answer.job_id = any(write_campaign_labels.done)
        and campaigns.id = jobs.target_id;
end
$$;
comment on function private.write_campaign_labels is
'Writes accepted answers on their campaigns. A category a person set keeps its value.';
revoke execute on function private.write_campaign_labels from public, anon, authenticated;
grant execute on function private.write_campaign_labels to service_role;

-- sql/functions/write_label_vectors.sql
create function private.write_label_vectors(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    update public.categories
    set
        embedding = case
            when answer.embedding_kept then categories.embedding
            else answer.embedding::extensions.vector
        end,
        embedding_model = case
            when answer.embedding_kept then categories.embedding_model
            when answer.embedding is not null then answer.embedding_model
        end,
        content_hash = answer.content_hash
    from jsonb_to_recordset(write_label_vectors.results) as answer (
        job_id bigint, embedding text, embedding_kept boolean, embedding_model text, content_hash text
    )
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'embed_category'
    where
        answer.job_id = any(write_label_vectors.done)
        and categories.id = jobs.target_id;

    update public.tags
    set
        embedding = case
            when answer.embedding_kept then tags.embedding
            else answer.embedding::extensions.vector
        end,
        embedding_model = case
            when answer.embedding_kept then tags.embedding_model
            when answer.embedding is not null then answer.embedding_model
        end,
        content_hash = answer.content_hash
    from jsonb_to_recordset(write_label_vectors.results) as answer (
        job_id bigint, embedding text, embedding_kept boolean, embedding_model text, content_hash text
    )
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'embed_tag'
    where
        answer.job_id = any(write_label_vectors.done)
        and tags.id = jobs.target_id;
end
$$;
comment on function private.write_label_vectors is
'Writes the vectors of categories and tags.';
revoke execute on function private.write_label_vectors from public, anon, authenticated;
grant execute on function private.write_label_vectors to service_role;

-- sql/functions/proposed_words.sql
create function private.proposed_words(
    results jsonb,
    done bigint[]
)
    returns table (workspace_id uuid, content_asset_id uuid, word text)
    language sql
    stable
    set search_path = ''
as $$
    select
        jobs.workspace_id,
        jobs.target_id,
        btrim(said.word)
    from jsonb_to_recordset(proposed_words.results) as answer (job_id bigint, proposals jsonb)
    inner join private.jobs on answer.job_id = jobs.id
    cross join lateral jsonb_array_elements_text(
        case when jsonb_typeof(answer.proposals) = 'array' then answer.proposals else '[]' end
    ) as said (word)
    where
        answer.job_id = any(proposed_words.done)
        and jobs.kind = 'categorize_content'
        and char_length(btrim(said.word)) between 1 and 100
        and btrim(said.word) ~ '^[^\x01-\x1f\x7f]*$'
        and private.fold_tag(btrim(said.word)) <> ''
        -- meanwhile a tag, or another name of one
        and private.find_tag(jobs.workspace_id, private.fold_tag(btrim(said.word))) is null;
$$;
comment on function private.proposed_words is
'Words of accepted answers that may become tags, one row a word and asset.';
revoke execute on function private.proposed_words from public, anon, authenticated;
grant execute on function private.proposed_words to service_role;

-- sql/functions/write_proposals.sql
create function private.write_proposals(
    results jsonb,
    -- jobs to write; their rows and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- in one order for everybody, and after all other rows: nothing is locked behind this
    insert into public.label_proposals (workspace_id, kind, name)
    select distinct on (said.workspace_id, private.fold_tag(said.word))
        said.workspace_id,
        'tag',
        said.word
    from private.proposed_words(write_proposals.results, write_proposals.done) as said
    order by said.workspace_id, private.fold_tag(said.word), said.word collate "C"
    on conflict (workspace_id, kind, folded_name) do nothing;
    -- one that is locked stays until this commits; one that was just decided is no longer found
    with held as materialized (
        select
            label_proposals.workspace_id,
            label_proposals.id,
            label_proposals.folded_name
        from public.label_proposals
        where
            label_proposals.kind = 'tag'
            and label_proposals.state = 'open'
            and (label_proposals.workspace_id, label_proposals.folded_name) in (
                select
                    said.workspace_id,
                    private.fold_tag(said.word)
                from private.proposed_words(write_proposals.results, write_proposals.done) as said
            )
        order by label_proposals.id
        for key share
    )
    insert into public.label_proposal_uses (workspace_id, proposal_id, content_asset_id)
    select distinct
        said.workspace_id,
        held.id,
        said.content_asset_id
    from private.proposed_words(write_proposals.results, write_proposals.done) as said
    inner join held
        on said.workspace_id = held.workspace_id and private.fold_tag(said.word) = held.folded_name
    order by held.id, said.content_asset_id
    on conflict do nothing;
    -- somebody made a tag of a word while this waited to propose it
    delete from public.label_proposals
    using public.tags
    where
        label_proposals.workspace_id = tags.workspace_id
        and label_proposals.kind = 'tag'
        and label_proposals.folded_name = tags.folded_name
        and label_proposals.state = 'open'
        and label_proposals.workspace_id in (
            select jobs.workspace_id from private.jobs where jobs.id = any(write_proposals.done)
        );
end
$$;
comment on function private.write_proposals is
'Keeps the words that machines met in content and that are no tags: new ones as proposals, known ones as evidence.';
revoke execute on function private.write_proposals from public, anon, authenticated;
grant execute on function private.write_proposals to service_role;

-- sql/functions/write_labels.sql
create function private.write_labels(
    results jsonb,
    -- jobs to write; their rows, labels and themselves are locked
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    kinds text[];
    -- whether any answer holds a decision, or names a rule; a batch of vectors alone does not
    decided boolean;
    ruled boolean;
    proposed boolean;
begin
    if done is null then
        return;
    end if;
    kinds := array(select distinct jobs.kind from private.jobs where jobs.id = any(write_labels.done));
    select
        coalesce(bool_or(answer ?| array['category', 'sentiment', 'audience', 'tags']), false),
        coalesce(bool_or(answer ? 'rules'), false),
        coalesce(bool_or(answer -> 'proposals' <> '[]'), false)
    into decided, ruled, proposed
    from jsonb_array_elements(write_labels.results) as answer;
    if decided and ('categorize_content' = any(kinds) or 'categorize_campaign' = any(kinds)) then
        perform private.write_history(write_labels.results, write_labels.done);
    end if;
    if 'categorize_content' = any(kinds) then
        perform private.write_tags(write_labels.results, write_labels.done);
        perform private.write_content_labels(write_labels.results, write_labels.done);
        if ruled then
            perform private.count_rules(write_labels.results, write_labels.done);
            perform private.schedule_content(write_labels.results, write_labels.done);
        end if;
        perform private.emit_webhooks(write_labels.results, write_labels.done);
    end if;
    if 'categorize_campaign' = any(kinds) then
        perform private.write_campaign_labels(write_labels.results, write_labels.done);
    end if;
    if 'embed_category' = any(kinds) or 'embed_tag' = any(kinds) then
        perform private.write_label_vectors(write_labels.results, write_labels.done);
    end if;
    if proposed then
        perform private.write_proposals(write_labels.results, write_labels.done);
    end if;
end
$$;
comment on function private.write_labels is
'Writes accepted answers on their rows. A field whose source is human keeps its value.';
revoke execute on function private.write_labels from public, anon, authenticated;
grant execute on function private.write_labels to service_role;

-- sql/functions/queue_content.sql
create function private.queue_content(target_ids uuid[])
    returns integer
    language plpgsql
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
declare
    everything boolean := private.caller_is_service();
    queued integer := 0;
    found_ids uuid[];
begin
    perform set_config('campaignbase.actor', 'machine', true);
    select array_agg(locked.id) into found_ids
    from (
        select content_assets.id
        from public.content_assets
        where
            content_assets.id = any(queue_content.target_ids)
            and (
                everything
                or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
            )
        order by content_assets.id
        for no key update
    ) as locked;
    update public.content_assets
    set label_state = 'queued'
    where
        content_assets.id = any(found_ids)
        and content_assets.label_state <> 'queued';
    perform private.queue_job(
        content_assets.workspace_id,
        'categorize_content',
        content_assets.id,
        private.content_hash(
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            )
        )
    )
    from public.content_assets
    where content_assets.id = any(found_ids)
    order by content_assets.id;
    queued := coalesce(cardinality(found_ids), 0);

    select array_agg(locked.id) into found_ids
    from (
        select campaigns.id
        from public.campaigns
        where
            campaigns.id = any(queue_content.target_ids)
            and (everything or campaigns.workspace_id in (select private.caller_editable_workspace_ids()))
        order by campaigns.id
        for no key update
    ) as locked;
    update public.campaigns
    set label_state = 'queued'
    where
        campaigns.id = any(found_ids)
        and campaigns.label_state <> 'queued';
    perform private.queue_job(
        campaigns.workspace_id,
        'categorize_campaign',
        campaigns.id,
        private.content_hash(
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            )
        )
    )
    from public.campaigns
    where campaigns.id = any(found_ids)
    order by campaigns.id;
    perform set_config('campaignbase.actor', '', true);
    return queued + coalesce(cardinality(found_ids), 0);
end
$$;
comment on function private.queue_content is 'What public.queue_content does, for the rows the caller may write.';
revoke execute on function private.queue_content from public, anon;
grant execute on function private.queue_content to authenticated, service_role;

-- sql/functions/queue_status.sql
create function private.queue_status(workspace_id uuid)
    returns table (
        workspace uuid,
        workspace_name text,
        kind text,
        waiting bigint,
        leased bigint,
        dead bigint,
        oldest_seconds double precision,
        last_error text
    )
    language plpgsql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
#variable_conflict use_column
declare
    everything boolean := private.caller_is_service();
begin
    return query
    select
        workspaces.id,
        workspaces.name,
        jobs.kind,
        count(*) filter (where jobs.state = 'waiting'),
        count(*) filter (where jobs.state = 'leased'),
        count(*) filter (where jobs.state = 'dead'),
        extract(
            epoch from clock_timestamp() - min(jobs.created_at) filter (where jobs.state <> 'dead')
        )::double precision,
        (array_agg(jobs.last_error order by jobs.updated_at desc) filter (where jobs.last_error is not null))[1]
    from private.jobs
    inner join public.workspaces on jobs.workspace_id = workspaces.id
    where
        (queue_status.workspace_id is null or jobs.workspace_id = queue_status.workspace_id)
        and (everything or jobs.workspace_id in (select private.caller_workspace_ids()))
    group by workspaces.id, workspaces.name, jobs.kind
    order by workspaces.name, workspaces.id, jobs.kind;
end
$$;
comment on function private.queue_status is 'What public.queue_status answers, for the workspaces the caller may see.';
revoke execute on function private.queue_status from public, anon;
grant execute on function private.queue_status to authenticated, service_role;

-- sql/functions/dead_jobs.sql
create function private.dead_jobs(
    workspace_id uuid,
    match_count integer
)
    returns table (
        id bigint,
        workspace uuid,
        kind text,
        target_id uuid,
        failures integer,
        last_error text,
        created_at timestamptz,
        updated_at timestamptz
    )
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select
        jobs.id,
        jobs.workspace_id,
        jobs.kind,
        jobs.target_id,
        jobs.failures,
        jobs.last_error,
        jobs.created_at,
        jobs.updated_at
    from private.jobs
    where
        jobs.state = 'dead'
        and (dead_jobs.workspace_id is null or jobs.workspace_id = dead_jobs.workspace_id)
        and (
            (select private.caller_is_service())
            or jobs.workspace_id in (select private.caller_workspace_ids())
        )
    order by jobs.updated_at desc, jobs.id desc
    limit least(greatest(coalesce(dead_jobs.match_count, 100), 1), 1000);
$$;
comment on function private.dead_jobs is 'What public.dead_jobs answers, for the workspaces the caller may see.';
revoke execute on function private.dead_jobs from public, anon;
grant execute on function private.dead_jobs to authenticated, service_role;

-- sql/functions/vocabulary.sql
create function private.vocabulary(
    workspace_id uuid,
    -- the "labels_key" of an earlier answer: as long as it holds, the labels are left out
    known text default null
)
    -- {"vocabulary_version", "labels_key", "categories", "tags", "groups", "rules", "head"}; categories and tags: null
    -- where they are known
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'vocabulary_version', workspaces.vocabulary_version,
            'labels_key', labels.key,
            'categories', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', categories.id,
                                'name', categories.name,
                                'parent_id', categories.parent_id,
                                'description', categories.description,
                                'keywords', categories.keywords,
                                'counter_examples', categories.counter_examples,
                                'manual_only', categories.manual_only
                            )
                            order by categories.name collate "C"
                        ),
                        '[]'
                    )
                from public.categories
                where categories.workspace_id = workspaces.id
                having not labels.are_known
            ),
            'tags', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', tags.id,
                                'name', tags.name,
                                'tag_type', tags.tag_type,
                                'tag_group', tags.tag_group,
                                'description', tags.description,
                                'keywords', tags.keywords,
                                'aliases', tags.aliases,
                                'manual_only', tags.manual_only
                            )
                            order by tags.name collate "C"
                        ),
                        '[]'
                    )
                from public.tags
                where tags.workspace_id = workspaces.id
                having not labels.are_known
            ),
            'groups', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'name', tag_groups.name,
                                'min_tags', tag_groups.min_tags,
                                'max_tags', tag_groups.max_tags
                            )
                            order by tag_groups.name collate "C"
                        ),
                        '[]'
                    )
                from public.tag_groups
                where tag_groups.workspace_id = workspaces.id
            ),
            'rules', (
                select
                    coalesce(
                        jsonb_agg(
                            jsonb_build_object(
                                'id', automation_rules.id,
                                'name', automation_rules.name,
                                'rule_type', automation_rules.rule_type,
                                'conditions', automation_rules.conditions,
                                'actions', automation_rules.actions,
                                'priority', automation_rules.priority
                            )
                            order by
                                automation_rules.priority desc, automation_rules.created_at, automation_rules.id
                        ),
                        '[]'
                    )
                from public.automation_rules
                where
                    automation_rules.workspace_id = workspaces.id
                    and automation_rules.enabled
            ),
            'head', (
                select
                    jsonb_build_object(
                        'id', trained_heads.id,
                        'version', trained_heads.version,
                        'embedding_model', trained_heads.embedding_model,
                        'train_rows', trained_heads.train_rows,
                        'threshold', trained_heads.threshold,
                        'thresholds', (
                            select coalesce(
                                jsonb_object_agg(trained_head_labels.category_id, trained_head_labels.threshold),
                                '{}'
                            )
                            from private.trained_head_labels
                            where
                                trained_head_labels.head_id = trained_heads.id
                                and trained_head_labels.threshold is not null
                        )
                    )
                from public.trained_heads
                where
                    trained_heads.workspace_id = workspaces.id
                    and trained_heads.embedding_model = workspaces.embedding_model
                    and trained_heads.active
            )
        )
    from public.workspaces
    cross join lateral (
        -- the version alone begins anew where a workspace was deleted and made again
        select
            made.key,
            made.key is not distinct from vocabulary.known as are_known
        from (
            select concat(workspaces.vocabulary_version, '@', extract(epoch from workspaces.created_at)) as key
        ) as made
    ) as labels
    where workspaces.id = vocabulary.workspace_id;
$$;
comment on function private.vocabulary is
'A workspace''s categories, tags, enabled rules in their order, and trained head.';
revoke execute on function private.vocabulary from public, anon, authenticated;
grant execute on function private.vocabulary to service_role;

-- sql/rpc/claim_jobs.sql
create function public.claim_jobs(
    -- who asks; kept with the lease
    worker text,
    -- jobs at most; clamped to 1..500
    batch integer default 50,
    -- after that long without an answer the job is claimable again; clamped to 1..3600
    lease_seconds integer default 120,
    -- only embed_category and embed_tag, which need a vector and nothing else
    labels_only boolean default false,
    -- only of workspaces whose vectors are by one of these, or that have none yet; null: of all
    models text[] default null
)
    returns table (
        job_id bigint,
        attempt integer,
        kind text,
        workspace_id uuid,
        target_id uuid,
        content_hash text,
        -- null when there is nothing to read
        target_text text,
        -- of the workspace; null until the first vector is written
        embedding_model text,
        -- the stored vector where hash and model still match, else null
        embedding extensions.vector
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    -- workspaces are visited from a random one on, so that none waits for the others
    pivot uuid := gen_random_uuid();
    wanted integer := least(greatest(coalesce(claim_jobs.batch, 50), 1), 500);
    lease interval := make_interval(secs => least(greatest(coalesce(claim_jobs.lease_seconds, 120), 1), 3600));
begin
    perform private.bury_jobs(moment);
    return query
    -- a loose index scan: one step a workspace, stopped by the limit below
    with recursive upward as (
        (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id >= pivot
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > upward.workspace_id
            order by jobs.workspace_id
            limit 1
        )
        from upward
        where upward.workspace_id is not null
    ),
    around as (
        (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id < pivot
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > around.workspace_id
                and jobs.workspace_id < pivot
            order by jobs.workspace_id
            limit 1
        )
        from around
        where around.workspace_id is not null
    ),
    ready as materialized (
        select
            alive.workspace_id,
            level.priority
        from (
            select upward.workspace_id from upward where upward.workspace_id is not null
            union all
            select around.workspace_id from around where around.workspace_id is not null
        ) as alive
        -- labels' vectors first: while one is waiting or leased, content of that workspace waits
        cross join lateral (
            select jobs.priority
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = alive.workspace_id
            order by jobs.priority
            limit 1
        ) as level
        where
            (not coalesce(claim_jobs.labels_only, false) or level.priority = 0)
            and (
                claim_jobs.models is null
                or exists (
                    select
                    from public.workspaces
                    where
                        workspaces.id = alive.workspace_id
                        and (
                            workspaces.embedding_model is null
                            or workspaces.embedding_model = any(claim_jobs.models)
                        )
                )
            )
            and exists (
                select
                from private.jobs
                where
                    jobs.state <> 'dead'
                    and jobs.workspace_id = alive.workspace_id
                    and jobs.priority = level.priority
                    and jobs.run_at <= moment
            )
        limit wanted
    ),
    picked as materialized (
        select
            locked.id,
            locked.lost,
            locked.run_at
        from ready
        cross join lateral (
            select
                jobs.id,
                jobs.state = 'leased' as lost,
                jobs.run_at
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = ready.workspace_id
                and jobs.priority = ready.priority
                and jobs.run_at <= moment
                -- left to bury_jobs
                and not (jobs.state = 'leased' and jobs.failures >= private.max_failures() - 1)
            order by jobs.run_at
            limit (select ceil(wanted::numeric / greatest(count(*), 1))::integer from ready)
            for update skip locked
        ) as locked
        limit wanted
    ),
    -- What a worker took and never answered is tried alone: a row that kills its workers
    -- takes its neighbors along once, not until they are all declared dead.
    chosen as (
        select picked.id
        from picked
        where
            not exists (select from picked where picked.lost)
            or picked.id = (
                select picked.id
                from picked
                where picked.lost
                order by picked.run_at, picked.id
                limit 1
            )
    ),
    claimed as materialized (
        update private.jobs
        set
            attempt = jobs.attempt + 1,
            -- the last worker never answered
            failures = jobs.failures + case when jobs.state = 'leased' then 1 else 0 end,
            last_error = case
                when jobs.state = 'leased'
                    then format('worker %s took the job and never answered', jobs.leased_by)
                else jobs.last_error
            end,
            state = 'leased',
            leased_by = coalesce(claim_jobs.worker, 'unnamed'),
            run_at = moment + lease,
            updated_at = moment
        from chosen
        where jobs.id = chosen.id
        returning jobs.id, jobs.attempt, jobs.kind, jobs.workspace_id, jobs.target_id, jobs.content_hash
    )
    select
        claimed.id,
        claimed.attempt,
        claimed.kind,
        claimed.workspace_id,
        claimed.target_id,
        claimed.content_hash,
        target.target_text,
        workspaces.embedding_model,
        case
            when target.content_hash = claimed.content_hash and target.embedding_model = workspaces.embedding_model
                then target.embedding
        end
    from claimed
    inner join public.workspaces on claimed.workspace_id = workspaces.id
    inner join lateral (
        select
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model,
            content_assets.embedding
        from public.content_assets
        where claimed.kind = 'categorize_content' and content_assets.id = claimed.target_id
        union all
        select
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model,
            campaigns.embedding
        from public.campaigns
        where claimed.kind = 'categorize_campaign' and campaigns.id = claimed.target_id
        union all
        select
            private.label_text(categories.name, categories.description, categories.keywords),
            categories.content_hash,
            categories.embedding_model,
            categories.embedding
        from public.categories
        where claimed.kind = 'embed_category' and categories.id = claimed.target_id
        union all
        select
            private.label_text(tags.name, tags.description, tags.keywords),
            tags.content_hash,
            tags.embedding_model,
            tags.embedding
        from public.tags
        where claimed.kind = 'embed_tag' and tags.id = claimed.target_id
    ) as target on true
    order by claimed.id;
end
$$;
comment on function public.claim_jobs is
'Take jobs to work on, under a lease.

Spread over workspaces; vectors of labels come before the content that needs them. A job whose lease ended
without an answer comes alone. For workers only.';
revoke execute on function public.claim_jobs from public, anon, authenticated;
grant execute on function public.claim_jobs to service_role;

-- sql/functions/many_confirmed.sql
create function private.many_confirmed(workspace_id uuid)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- walking the index to ten rows of a workspace costs about 10 x all / its own, comparing all its own costs those
    select count(*) >= enough.rows
    from (
        select ceil(sqrt(10 * greatest(pg_class.reltuples, 100)))::bigint as rows
        from pg_catalog.pg_class
        where pg_class.oid = 'public.idx_content_assets_confirmed_embedding'::regclass
    ) as enough
    cross join lateral (
        select
        from public.content_assets
        where
            content_assets.workspace_id = many_confirmed.workspace_id
            and content_assets.confirmed_at is not null
            and not content_assets.golden
            and content_assets.primary_category is not null
        limit enough.rows
    ) as found
    group by enough.rows;
$$;
comment on function private.many_confirmed is
'Whether a workspace has so many confirmed rows that the vector index finds the nearest sooner than comparing all of them.';
revoke execute on function private.many_confirmed from public, anon, authenticated;
grant execute on function private.many_confirmed to service_role;

-- sql/functions/nearest_confirmed_by_index.sql
create function private.nearest_confirmed_by_index(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    -- unit length
    embedding extensions.vector
)
    -- ids of the ten nearest assets whose category a person confirmed
    returns setof uuid
    rows 10  -- else a thousand are expected, and every category is read for them
    language plpgsql
    stable
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_sort = off
as $$
begin
    return query
    select content_assets.id
    from public.content_assets
    where
        content_assets.workspace_id = nearest_confirmed_by_index.workspace_id
        and content_assets.id <> nearest_confirmed_by_index.target_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        and content_assets.primary_category is not null
        and content_assets.embedding is not null
    order by content_assets.embedding operator(extensions.<=>) nearest_confirmed_by_index.embedding
    limit 10;
end
$$;
comment on function private.nearest_confirmed_by_index is
'Through the vector index: fast where the workspace has a good share of all confirmed rows.';
revoke execute on function private.nearest_confirmed_by_index from public, anon, authenticated;
grant execute on function private.nearest_confirmed_by_index to service_role;

-- sql/functions/nearest_confirmed_exactly.sql
create function private.nearest_confirmed_exactly(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    -- unit length
    embedding extensions.vector
)
    -- ids of the ten nearest assets whose category a person confirmed
    returns setof uuid
    rows 10  -- else a thousand are expected, and every category is read for them
    language plpgsql
    stable
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_indexscan = off
as $$
begin
    return query
    select content_assets.id
    from public.content_assets
    where
        content_assets.workspace_id = nearest_confirmed_exactly.workspace_id
        and content_assets.id <> nearest_confirmed_exactly.target_id
        and content_assets.confirmed_at is not null
        and not content_assets.golden
        and content_assets.primary_category is not null
        and content_assets.embedding is not null
    order by content_assets.embedding operator(extensions.<=>) nearest_confirmed_exactly.embedding
    limit 10;
end
$$;
comment on function private.nearest_confirmed_exactly is
'By comparing all of them: fast where the workspace has few, however many others have.';
revoke execute on function private.nearest_confirmed_exactly from public, anon, authenticated;
grant execute on function private.nearest_confirmed_exactly to service_role;

-- sql/functions/content_neighbors.sql
create function private.content_neighbors(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    content_hash text,
    -- unit length
    embedding extensions.vector,
    -- whether the workspace has so many that an index is faster: private.many_confirmed
    many boolean
)
    -- [{"id", "category_id", "similarity", "equal", "tags", "audience", "text"}]; null: there are none
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', nearest.id,
                    'category_id', nearest.category_id,
                    'similarity', nearest.similarity,
                    'equal', nearest.content_hash = content_neighbors.content_hash,
                    -- a person's only: what a machine said of a neighbor is no evidence
                    'tags', (
                        select coalesce(jsonb_agg(tags.name order by tags.name collate "C"), '[]')
                        from public.content_asset_tags
                        inner join public.tags on content_asset_tags.tag_id = tags.id
                        where
                            content_asset_tags.content_asset_id = nearest.id
                            and content_asset_tags.state = 'applied'
                            and content_asset_tags.source = 'human'
                    ),
                    'audience', nearest.audience,
                    -- as much as a model is shown of an example; core/prompt.py
                    'text', (
                        select
                            left(private.asset_text(
                                content_assets.content, content_assets.prompt, content_assets.alt_text,
                                content_assets.file_path
                            ), 400)
                        from public.content_assets
                        where content_assets.id = nearest.id
                    )
                )
                order by nearest.equal desc, nearest.similarity desc, nearest.id
            )
        from (
            -- the equal text may be among the nearest again
            select distinct on (confirmed.id)
                confirmed.id,
                confirmed.content_hash,
                confirmed.content_hash = content_neighbors.content_hash as equal,
                categories.id as category_id,
                1 - (confirmed.embedding operator(extensions.<=>) content_neighbors.embedding) as similarity,
                case when confirmed.audience_source = 'human' then confirmed.target_audience end as audience
            from (
                (
                    select
                        content_assets.id,
                        content_assets.workspace_id,
                        content_assets.content_hash,
                        content_assets.embedding,
                        content_assets.primary_category,
                        content_assets.target_audience,
                        content_assets.audience_source
                    from public.content_assets
                    where
                        content_assets.workspace_id = content_neighbors.workspace_id
                        and content_assets.content_hash = content_neighbors.content_hash
                        and content_assets.id <> content_neighbors.target_id
                        and content_assets.confirmed_at is not null
                        and not content_assets.golden
                        and content_assets.primary_category is not null
                        and content_assets.embedding is not null
                    order by content_assets.confirmed_at desc
                    limit 1
                )
                union all
                select
                    content_assets.id,
                    content_assets.workspace_id,
                    content_assets.content_hash,
                    content_assets.embedding,
                    content_assets.primary_category,
                    content_assets.target_audience,
                    content_assets.audience_source
                from (
                    select private.nearest_confirmed_by_index(
                        content_neighbors.workspace_id, content_neighbors.target_id, content_neighbors.embedding
                    ) as id
                    where content_neighbors.many
                    union all
                    select private.nearest_confirmed_exactly(
                        content_neighbors.workspace_id, content_neighbors.target_id, content_neighbors.embedding
                    )
                    where not content_neighbors.many
                ) as near
                inner join public.content_assets on near.id = content_assets.id
            ) as confirmed
            inner join public.categories
                on
                    confirmed.workspace_id = categories.workspace_id
                    and confirmed.primary_category = categories.name
            order by confirmed.id
        ) as nearest
    );
end
$$;
comment on function private.content_neighbors is
'The confirmed content of the same text, if there is one, then the nearest in meaning.';
revoke execute on function private.content_neighbors from public, anon, authenticated;
grant execute on function private.content_neighbors to service_role;

-- sql/functions/campaign_neighbors.sql
create function private.campaign_neighbors(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    content_hash text,
    -- unit length
    embedding extensions.vector
)
    -- [{"id", "category_id", "similarity", "equal", "tags", "audience", "text"}]; null: there are none
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', nearest.id,
                    'category_id', nearest.category_id,
                    'similarity', nearest.similarity,
                    'equal', nearest.content_hash = campaign_neighbors.content_hash,
                    'tags', '[]'::jsonb,
                    'audience', null,
                    'text', left(nearest.campaign_text, 400)
                )
                order by nearest.similarity desc, nearest.id
            )
        from (
            select
                campaigns.id,
                campaigns.content_hash,
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                ) as campaign_text,
                categories.id as category_id,
                1 - (campaigns.embedding operator(extensions.<=>) campaign_neighbors.embedding) as similarity
            from public.campaigns
            inner join public.categories
                on
                    campaigns.workspace_id = categories.workspace_id
                    and campaigns.primary_category = categories.name
            where
                campaigns.workspace_id = campaign_neighbors.workspace_id
                and campaigns.id <> campaign_neighbors.target_id
                and campaigns.confirmed_at is not null
                and campaigns.embedding is not null
            order by campaigns.embedding operator(extensions.<=>) campaign_neighbors.embedding
            limit 10
        ) as nearest
    );
end
$$;
comment on function private.campaign_neighbors is
'The confirmed campaigns nearest in meaning.';
revoke execute on function private.campaign_neighbors from public, anon, authenticated;
grant execute on function private.campaign_neighbors to service_role;

-- sql/rpc/categorization_context.sql
create function public.categorization_context(
    -- [{"kind": "categorize_content" | "categorize_campaign", "target_id", "embedding": text or null, "content_hash"}]
    requests jsonb,
    -- {workspace_id: "labels_key" of an earlier answer}: categories and tags that did not change since are null
    known jsonb default '{}'
)
    -- {"workspaces": {id: {"vocabulary_version", "labels_key", "categories", "tags", "groups", "rules", "head"}},
    --  "items": {target_id: {"workspace_id", "facts", "category", "sources", "rejected_tags", "human_tags",
    --            "matched_rules", "categories": [[id, similarity]], "tags": [[id, similarity]], "neighbors": [...],
    --            "trained": [[id, score]]}}}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    items jsonb;
    workspaces jsonb;
begin
    -- keep walking the index until enough rows of the right workspace were found
    perform set_config('hnsw.iterative_scan', 'strict_order', true);

    with request as materialized (
        -- vectors are parsed here, once
        select
            wanted.kind,
            wanted.target_id,
            wanted.content_hash,
            wanted.embedding::extensions.vector as embedding,
            coalesce(content_assets.workspace_id, campaigns.workspace_id) as workspace_id
        from jsonb_to_recordset(categorization_context.requests)
            as wanted (kind text, target_id uuid, embedding text, content_hash text)
        left join public.content_assets
            on
                wanted.kind = 'categorize_content'
                and wanted.target_id = content_assets.id
        left join public.campaigns
            on
                wanted.kind = 'categorize_campaign'
                and wanted.target_id = campaigns.id
        where coalesce(content_assets.id, campaigns.id) is not null
    ),
    -- vectors are of unit length: whose first 256 numbers have it too is zero from there on, as those of the shipped
    -- embedder are, and the product of those numbers is the cosine to any other. Labels are compared six times faster.
    width as materialized (
        select
            case
                when
                    bool_and(
                        extensions.vector_norm(extensions.subvector(request.embedding, 1, 256)) > 0.999999
                    )
                    then 256
                else 1536
            end as numbers
        from request
        where request.embedding is not null
    ),
    asked as materialized (
        select
            request.target_id,
            request.kind,
            request.workspace_id,
            extensions.subvector(request.embedding, 1, width.numbers) as embedding
        from request
        cross join width
        where request.embedding is not null
    ),
    -- taken out of TOAST once, not once an asset
    category_vector as materialized (
        select
            categories.id,
            categories.workspace_id,
            extensions.subvector(categories.embedding, 1, width.numbers) as embedding
        from public.categories
        cross join width
        where
            categories.workspace_id in (select request.workspace_id from request)
            and categories.embedding is not null
            and not categories.manual_only
    ),
    tag_vector as materialized (
        select
            tags.id,
            tags.workspace_id,
            extensions.subvector(tags.embedding, 1, width.numbers) as embedding,
            -- one of its group is due, however far from the text
            exists (
                select
                from public.tag_groups
                where
                    tag_groups.workspace_id = tags.workspace_id
                    and tag_groups.name = tags.tag_group
                    and tag_groups.min_tags > 0
            ) as is_due
        from public.tags
        cross join width
        where
            tags.workspace_id in (select request.workspace_id from request where request.kind = 'categorize_content')
            and tags.embedding is not null
            and not tags.manual_only
    ),
    near_category as materialized (
        select
            asked.target_id,
            jsonb_agg(jsonb_build_array(nearest.id, nearest.similarity) order by nearest.similarity desc) as found,
            max(nearest.similarity) as similarity
        from asked
        cross join lateral (
            select
                compared.id,
                compared.similarity
            from (
                select
                    category_vector.id,
                    - (category_vector.embedding operator(extensions.<#>) asked.embedding) as similarity
                from category_vector
                where category_vector.workspace_id = asked.workspace_id
                offset 0  -- else each pair is compared twice
            ) as compared
            order by compared.similarity desc
            limit 12
        ) as nearest
        group by asked.target_id
    ),
    near_tag as materialized (
        select
            asked.target_id,
            jsonb_agg(jsonb_build_array(nearest.id, nearest.similarity) order by nearest.similarity desc) as found
        from asked
        cross join lateral (
            (
                select
                    compared.id,
                    compared.similarity
                from (
                    select
                        tag_vector.id,
                        - (tag_vector.embedding operator(extensions.<#>) asked.embedding) as similarity
                    from tag_vector
                    where tag_vector.workspace_id = asked.workspace_id
                    offset 0  -- else each pair is compared twice
                ) as compared
                order by compared.similarity desc
                limit 20
            )
            union
            select
                tag_vector.id,
                - (tag_vector.embedding operator(extensions.<#>) asked.embedding)
            from tag_vector
            where
                tag_vector.workspace_id = asked.workspace_id
                and tag_vector.is_due
        ) as nearest
        where asked.kind = 'categorize_content'
        group by asked.target_id
    ),
    crowd as materialized (
        select
            home.workspace_id,
            coalesce(private.many_confirmed(home.workspace_id), false) as many
        from (select distinct request.workspace_id from request) as home
    ),
    neighbor as materialized (
        select
            request.target_id,
            case request.kind
                when 'categorize_content'
                    then private.content_neighbors(
                        request.workspace_id, request.target_id, request.content_hash, request.embedding, crowd.many
                    )
                else private.campaign_neighbors(
                    request.workspace_id, request.target_id, request.content_hash, request.embedding
                )
            end as found
        from request
        inner join crowd on request.workspace_id = crowd.workspace_id
        where request.embedding is not null
    ),
    head_label as materialized (
        select
            trained_heads.workspace_id,
            trained_head_labels.category_id,
            trained_head_labels.bias,
            extensions.subvector(trained_head_labels.weights, 1, width.numbers) as weights
        from public.trained_heads
        inner join public.workspaces
            on
                trained_heads.workspace_id = workspaces.id
                -- the head of other vectors says nothing of these
                and trained_heads.embedding_model = workspaces.embedding_model
        inner join private.trained_head_labels on trained_heads.id = trained_head_labels.head_id
        cross join width
        where
            trained_heads.workspace_id in (select asked.workspace_id from asked)
            and trained_heads.active
    ),
    -- alone, so that what is sorted below are numbers and not vectors
    logit as materialized (
        select
            asked.target_id,
            head_label.category_id,
            head_label.bias - (head_label.weights operator(extensions.<#>) asked.embedding) as logit
        from asked
        inner join head_label on asked.workspace_id = head_label.workspace_id
    ),
    trained as materialized (
        select
            scored.target_id,
            jsonb_agg(jsonb_build_array(scored.category_id, scored.score) order by scored.score desc) as found
        from (
            select
                shifted.target_id,
                shifted.category_id,
                exp(shifted.logit) / sum(exp(shifted.logit)) over whole as score,
                row_number() over (partition by shifted.target_id order by shifted.logit desc) as place
            from (
                select
                    logit.target_id,
                    logit.category_id,
                    logit.logit - max(logit.logit) over (partition by logit.target_id) as logit
                from logit
            ) as shifted
            window whole as (partition by shifted.target_id)
        ) as scored
        where scored.place <= 12
        group by scored.target_id
    ),
    -- assets and rules are made ready once each, not once a pair
    described as materialized (
        select
            stored.target_id,
            stored.workspace_id,
            stored.facts,
            private.rule_facts(stored.facts) as ready_facts
        from (
            select
                request.target_id,
                request.workspace_id,
                private.asset_facts(content_assets, near_category.similarity) as facts
            from request
            inner join public.content_assets on request.target_id = content_assets.id
            left join near_category on request.target_id = near_category.target_id
            where request.kind = 'categorize_content'
            offset 0
        ) as stored
    ),
    program as materialized (
        select
            automation_rules.id,
            automation_rules.workspace_id,
            private.rule_program(automation_rules.conditions) as program
        from public.automation_rules
        where
            automation_rules.enabled
            and automation_rules.rule_type = 'categorization'
            and automation_rules.workspace_id in (select described.workspace_id from described)
    ),
    matched as materialized (
        select
            described.target_id,
            jsonb_agg(program.id) as found
        from described
        inner join program on described.workspace_id = program.workspace_id
        where private.rule_holds(program.program, described.ready_facts)
        group by described.target_id
    )
    select
        jsonb_object_agg(
            request.target_id,
            jsonb_build_object(
                'workspace_id', request.workspace_id,
                'facts', facts.facts,
                'category', facts.category,
                'sources', facts.sources,
                'rejected_tags', facts.rejected_tags,
                'human_tags', facts.human_tags,
                'matched_rules', facts.matched_rules,
                'categories', coalesce(near_category.found, '[]'),
                'tags', coalesce(near_tag.found, '[]'),
                'neighbors', coalesce(neighbor.found, '[]'),
                'trained', coalesce(trained.found, '[]')
            )
        )
    into items
    from request
    left join near_category on request.target_id = near_category.target_id
    left join near_tag on request.target_id = near_tag.target_id
    left join neighbor on request.target_id = neighbor.target_id
    left join trained on request.target_id = trained.target_id
    left join lateral (
        select
            described.facts,
            content_assets.primary_category as category,
            jsonb_build_object(
                'category', content_assets.category_source,
                'sentiment', content_assets.sentiment_source,
                'audience', content_assets.audience_source
            ) as sources,
            (
                select coalesce(jsonb_agg(content_asset_tags.tag_id), '[]')
                from public.content_asset_tags
                where
                    content_asset_tags.content_asset_id = content_assets.id
                    and content_asset_tags.state = 'rejected'
            ) as rejected_tags,
            (
                select coalesce(jsonb_agg(content_asset_tags.tag_id), '[]')
                from public.content_asset_tags
                where
                    content_asset_tags.content_asset_id = content_assets.id
                    and content_asset_tags.state = 'applied'
                    and content_asset_tags.source = 'human'
            ) as human_tags,
            coalesce(matched.found, '[]') as matched_rules
        from described
        inner join public.content_assets on described.target_id = content_assets.id
        left join matched on described.target_id = matched.target_id
        where
            request.kind = 'categorize_content'
            and described.target_id = request.target_id
        union all
        select
            null,
            campaigns.primary_category,
            jsonb_build_object('category', campaigns.category_source),
            '[]',
            '[]',
            '[]'
        from public.campaigns
        where
            request.kind = 'categorize_campaign'
            and campaigns.id = request.target_id
    ) as facts on true;

    select
        jsonb_object_agg(
            workspaces.id,
            private.vocabulary(workspaces.id, categorization_context.known ->> workspaces.id::text)
        )
    into workspaces
    from public.workspaces
    where
        workspaces.id in (
            select (item.value ->> 'workspace_id')::uuid
            from jsonb_each(items) as item
        );

    return jsonb_build_object('workspaces', coalesce(workspaces, '{}'), 'items', coalesce(items, '{}'));
end
$$;
comment on function public.categorization_context is
'Everything a worker needs to decide a batch, in one answer.

Per asset the matching rules, the nearest categories, tags and confirmed assets, and the trained scores; per workspace
its vocabulary and rules. For workers only.';
revoke execute on function public.categorization_context from public, anon, authenticated;
grant execute on function public.categorization_context to service_role;

-- sql/rpc/complete_jobs.sql
create function public.complete_jobs(
    -- an array, an answer a job. Always: job_id, attempt.
    -- A failure: {"message", "permanent", "retry_after" seconds or null}.
    -- Else: embedding (text, or null when there is nothing to embed), embedding_kept, embedding_model, content_hash,
    -- category {"id", "source", "score", "reasons"}, sentiment and audience likewise (sentiment by "label"),
    -- tags [{"id", "source", "score", "reason"}], language, quality_score, quality_parts, model, prompt_version,
    -- proposals: words met that are no tags, vocabulary_version, cost, latency_ms, rules [{"id", "success"}],
    -- changed: the category is another now, for the account of a backfill
    results jsonb
)
    -- a verdict an answer: accepted; stale (the fence moved); unknown_label (a label is gone or not for machines, the
    -- job waits again)
    returns table (job_id bigint, attempt integer, verdict text)
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    twice bigint;
    label_ids uuid[];
    content_ids uuid[];
    campaign_ids uuid[];
    held bigint[];
    unknown bigint[];
    failed bigint[];
    other_model bigint[];
    done bigint[];
begin
    if jsonb_typeof(complete_jobs.results) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('results must be an array of answers, not %s', jsonb_typeof(complete_jobs.results));
    end if;
    select answer.job_id into twice
    from jsonb_to_recordset(complete_jobs.results) as answer (job_id bigint)
    group by answer.job_id
    having count(*) > 1
    limit 1;
    if twice is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('job %s is answered twice', twice),
            hint = 'Send one answer a job.';
    end if;
    perform set_config('campaignbase.actor', 'machine', true);
    -- a merge of labels and the batches under way wait for each other here, while neither holds a row
    perform private.enter_vocabulary(
        array(select (answer ->> 'job_id')::bigint from jsonb_array_elements(complete_jobs.results) as answer)
    );

    -- Locks in one order for everybody: labels, content, campaigns, jobs.
    -- A label that is locked can neither be renamed nor deleted before this commits.
    label_ids := array(select private.label_ids(complete_jobs.results));
    if label_ids <> '{}' then
        perform categories.id
        from public.categories
        where categories.id = any(label_ids)
        order by categories.id
        for key share;
        perform tags.id
        from public.tags
        where tags.id = any(label_ids)
        order by tags.id
        for key share;
    end if;
    select
        array_agg(jobs.target_id) filter (where jobs.kind = 'categorize_content'),
        array_agg(jobs.target_id) filter (where jobs.kind = 'categorize_campaign')
    into content_ids, campaign_ids
    from private.jobs
    where
        jobs.id = any(
            array(select (answer ->> 'job_id')::bigint from jsonb_array_elements(complete_jobs.results) as answer)
        );
    if content_ids is not null then
        perform content_assets.id
        from public.content_assets
        where content_assets.id = any(content_ids)
        order by content_assets.id
        for no key update;
    end if;
    if campaign_ids is not null then
        perform campaigns.id
        from public.campaigns
        where campaigns.id = any(campaign_ids)
        order by campaigns.id
        for no key update;
    end if;

    select array_agg(locked.id) into held
    from (
        select jobs.id
        from private.jobs
        inner join jsonb_to_recordset(complete_jobs.results) as answer (job_id bigint, attempt integer)
            on
                jobs.id = answer.job_id
                and jobs.attempt = answer.attempt
        where jobs.state = 'leased'
        order by jobs.id
        for update of jobs
    ) as locked;

    failed := private.fail_jobs(complete_jobs.results, held);
    if label_ids <> '{}' then
        unknown := private.unknown_labels(complete_jobs.results, held);
    end if;
    -- a refused answer writes no vector, so it fixes no model
    other_model := private.fix_embedding_model(
        complete_jobs.results,
        array(
            select ids.id from unnest(held) as ids (id)
            except
            select ids.id from unnest(unknown) as ids (id)
        )
    );
    if unknown is not null or other_model is not null then
        update private.jobs
        set
            state = 'waiting',
            leased_by = null,
            run_at = clock_timestamp(),
            updated_at = clock_timestamp()
        where jobs.id = any(coalesce(unknown, '{}') || coalesce(other_model, '{}'));
    end if;

    select array_agg(ids.id) into done
    from unnest(held) as ids (id)
    where not ids.id = any(coalesce(failed, '{}') || coalesce(unknown, '{}') || coalesce(other_model, '{}'));

    perform private.write_labels(complete_jobs.results, done);
    perform private.count_backfilled(complete_jobs.results, done, failed);
    delete from private.jobs where jobs.id = any(done);
    perform set_config('campaignbase.actor', '', true);

    return query
    select
        answer.job_id,
        answer.attempt,
        case
            when answer.job_id = any(unknown) then 'unknown_label'
            when answer.job_id = any(other_model) then 'stale'
            when answer.job_id = any(held) then 'accepted'
            else 'stale'
        end
    from jsonb_to_recordset(complete_jobs.results) as answer (job_id bigint, attempt integer);
end
$$;
comment on function public.complete_jobs is
'Write back what was decided: vectors, labels, tags, history, and the end of each job, in one transaction.

Answers are fenced by job id and attempt; a label set by a person stays; one job never fails its neighbors.
For workers only.';
revoke execute on function public.complete_jobs from public, anon, authenticated;
grant execute on function public.complete_jobs to service_role;

-- sql/functions/embedding_targets.sql
create function private.embedding_targets(
    -- as write_embeddings takes them
    vectors jsonb
)
    returns table (
        kind text,
        target_id uuid,
        -- null when the row is gone
        workspace_id uuid,
        content_hash text,
        embedding extensions.vector,
        embedding_model text,
        retry_after double precision,
        -- the row's text is still the one that was read
        is_current boolean,
        -- and its vector is there already
        is_there boolean
    )
    language sql
    stable
    set search_path = ''
as $$
    select
        item.kind,
        item.target_id,
        target.workspace_id,
        item.content_hash,
        item.embedding::extensions.vector,
        item.embedding_model,
        item.retry_after,
        coalesce(private.content_hash(target.target_text) = item.content_hash, false),
        coalesce(
            target.content_hash = item.content_hash
            and target.embedding_model = workspaces.embedding_model,
            false
        )
    from jsonb_to_recordset(embedding_targets.vectors) as item (
        kind text, target_id uuid, content_hash text, embedding text, embedding_model text,
        retry_after double precision
    )
    left join lateral (
        select
            content_assets.workspace_id,
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model
        from public.content_assets
        where item.kind = 'categorize_content' and content_assets.id = item.target_id
        union all
        select
            campaigns.workspace_id,
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model
        from public.campaigns
        where item.kind = 'categorize_campaign' and campaigns.id = item.target_id
    ) as target on true
    left join public.workspaces on target.workspace_id = workspaces.id;
$$;
comment on function private.embedding_targets is
'The rows that vectors were made for, and whether each is still what it was.';
revoke execute on function private.embedding_targets from public, anon, authenticated;
grant execute on function private.embedding_targets to service_role;

-- sql/rpc/pending_embeddings.sql
create function public.pending_embeddings(
    -- of workspaces whose vectors it makes, and of those that have none yet
    model text,
    -- texts at most; clamped to 1..500
    batch integer default 100,
    -- for that long nobody else is given these texts; clamped to 1..600
    hold_seconds integer default 60
)
    returns table (
        workspace_id uuid,
        -- categorize_content or categorize_campaign
        kind text,
        target_id uuid,
        content_hash text,
        target_text text
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    wanted integer := least(greatest(coalesce(pending_embeddings.batch, 100), 1), 500);
    until timestamptz := moment
        + make_interval(secs => least(greatest(coalesce(pending_embeddings.hold_seconds, 60), 1), 600));
begin
    return query
    -- a loose index scan: one step a workspace
    with recursive alive as (
        (
            select jobs.workspace_id
            from private.jobs
            where jobs.state <> 'dead'
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > alive.workspace_id
            order by jobs.workspace_id
            limit 1
        )
        from alive
        where alive.workspace_id is not null
    ),
    ready as materialized (
        select workspaces.id
        from alive
        inner join public.workspaces on alive.workspace_id = workspaces.id
        where
            (workspaces.embedding_model is null or workspaces.embedding_model = pending_embeddings.model)
            and exists (
                select
                from private.jobs
                where
                    jobs.state = 'waiting'
                    and jobs.workspace_id = workspaces.id
                    and jobs.priority = 1
                    and jobs.content_hash is not null
                    and (jobs.embedding_until is null or jobs.embedding_until <= moment)
            )
        order by random()
        limit wanted
    ),
    picked as materialized (
        select locked.id
        from ready
        cross join lateral (
            select jobs.id
            from private.jobs
            where
                -- what a worker leased it embeds itself
                jobs.state = 'waiting'
                and jobs.workspace_id = ready.id
                and jobs.priority = 1
                and jobs.content_hash is not null
                and (jobs.embedding_until is null or jobs.embedding_until <= moment)
            order by jobs.run_at
            limit (select ceil(wanted::numeric / greatest(count(*), 1))::integer from ready)
            for update skip locked
        ) as locked
        limit wanted
    ),
    found as materialized (
        select
            jobs.id,
            jobs.workspace_id,
            jobs.kind,
            jobs.target_id,
            jobs.content_hash,
            target.target_text,
            target.is_there
        from picked
        inner join private.jobs on picked.id = jobs.id
        inner join public.workspaces on jobs.workspace_id = workspaces.id
        inner join lateral (
            select
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ) as target_text,
                coalesce(
                    content_assets.content_hash = jobs.content_hash
                    and content_assets.embedding_model = workspaces.embedding_model,
                    false
                ) as is_there
            from public.content_assets
            where jobs.kind = 'categorize_content' and content_assets.id = jobs.target_id
            union all
            select
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                ),
                coalesce(
                    campaigns.content_hash = jobs.content_hash
                    and campaigns.embedding_model = workspaces.embedding_model,
                    false
                )
            from public.campaigns
            where jobs.kind = 'categorize_campaign' and campaigns.id = jobs.target_id
        ) as target on true
    ),
    held as (
        update private.jobs
        set embedding_until = case when found.is_there then '9999-12-31' else until end
        from found
        where jobs.id = found.id
    )
    select
        found.workspace_id,
        found.kind,
        found.target_id,
        found.content_hash,
        found.target_text
    from found
    where not found.is_there
    order by found.id;
end
$$;
comment on function public.pending_embeddings is
'Texts of content and campaigns that wait for a vector, spread over workspaces.

No lease is taken: the jobs stay claimable by workers, and write_embeddings writes only where the text is still the one
that was read. For the edge function `embed`.';
revoke execute on function public.pending_embeddings from public, anon, authenticated;
grant execute on function public.pending_embeddings to service_role;

-- sql/rpc/write_embeddings.sql
create function public.write_embeddings(
    -- an array, an object a row that pending_embeddings named. Always: kind, target_id, content_hash.
    -- A vector: embedding (text, 1536 numbers of unit length), embedding_model.
    -- None: retry_after, seconds until it may be asked for again; null leaves the text to the worker.
    vectors jsonb
)
    -- a verdict a row: written; kept (a worker was first); stale (the text is another, or gone);
    -- other_model (the workspace's vectors are by another); postponed
    returns table (kind text, target_id uuid, verdict text)
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    wrong record;
    content_ids uuid[];
    campaign_ids uuid[];
begin
    if jsonb_typeof(write_embeddings.vectors) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('vectors must be an array of rows, not %s', jsonb_typeof(write_embeddings.vectors));
    end if;
    select
        item.target_id,
        extensions.vector_dims(item.embedding::extensions.vector) as dims,
        extensions.vector_norm(item.embedding::extensions.vector) as norm
    into wrong
    from jsonb_to_recordset(write_embeddings.vectors) as item (target_id uuid, embedding text)
    where
        extensions.vector_dims(item.embedding::extensions.vector) <> 1536
        or abs(extensions.vector_norm(item.embedding::extensions.vector) - 1) > 0.01
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'the vector of %s has %s numbers and length %s, not 1536 and 1',
                wrong.target_id, wrong.dims, round(wrong.norm::numeric, 4)
            ),
            hint = 'Pad shorter vectors with zeros and divide by the Euclidean length.';
    end if;
    perform set_config('campaignbase.actor', 'machine', true);

    -- Locks in one order for everybody: content, campaigns, jobs.
    select
        array_agg(item.target_id) filter (where item.kind = 'categorize_content'),
        array_agg(item.target_id) filter (where item.kind = 'categorize_campaign')
    into content_ids, campaign_ids
    from jsonb_to_recordset(write_embeddings.vectors) as item (kind text, target_id uuid);
    perform content_assets.id
    from public.content_assets
    where content_assets.id = any(content_ids)
    order by content_assets.id
    for no key update;
    perform campaigns.id
    from public.campaigns
    where campaigns.id = any(campaign_ids)
    order by campaigns.id
    for no key update;
    perform jobs.id
    from private.jobs
    where
        jobs.kind in ('categorize_content', 'categorize_campaign')
        and jobs.target_id = any(content_ids || campaign_ids)
    order by jobs.id
    for update;

    -- the first vector fixes the model
    update public.workspaces
    set embedding_model = first.embedding_model
    from (
        select
            target.workspace_id,
            min(target.embedding_model) as embedding_model
        from private.embedding_targets(write_embeddings.vectors) as target
        where target.is_current and target.embedding is not null
        group by target.workspace_id
    ) as first
    where
        workspaces.id = first.workspace_id
        and workspaces.embedding_model is null;

    return query
    with judged as materialized (
        select
            target.*,
            case
                when not target.is_current then 'stale'
                when target.is_there then 'kept'
                when target.embedding is null then 'postponed'
                when workspaces.embedding_model is distinct from target.embedding_model then 'other_model'
                else 'written'
            end as verdict
        from private.embedding_targets(write_embeddings.vectors) as target
        left join public.workspaces on target.workspace_id = workspaces.id
    ),
    content as (
        update public.content_assets
        set
            embedding = judged.embedding,
            embedding_model = judged.embedding_model,
            content_hash = judged.content_hash
        from judged
        where
            judged.verdict = 'written'
            and judged.kind = 'categorize_content'
            and content_assets.id = judged.target_id
    ),
    campaign as (
        update public.campaigns
        set
            embedding = judged.embedding,
            embedding_model = judged.embedding_model,
            content_hash = judged.content_hash
        from judged
        where
            judged.verdict = 'written'
            and judged.kind = 'categorize_campaign'
            and campaigns.id = judged.target_id
    ),
    job as (
        update private.jobs
        set
            embedding_until = case
                when judged.verdict = 'postponed' and judged.retry_after is not null
                    then moment + make_interval(secs => least(judged.retry_after, 86400))
                else '9999-12-31'
            end,
            -- it may have been put off for want of this vector
            run_at = case
                when judged.verdict = 'written' and jobs.state = 'waiting' and jobs.failures = 0
                    then least(jobs.run_at, moment)
                else jobs.run_at
            end
        from judged
        where
            judged.verdict <> 'stale'
            and jobs.kind = judged.kind
            and jobs.target_id = judged.target_id
    )
    select
        judged.kind,
        judged.target_id,
        judged.verdict
    from judged;
    perform set_config('campaignbase.actor', '', true);
end
$$;
comment on function public.write_embeddings is
'Write vectors of content and campaigns, each only where the text is still the one it was made from.

Labels, history and jobs stay the worker''s, which finds the vector there and makes none itself. For the edge function
`embed`.';
revoke execute on function public.write_embeddings from public, anon, authenticated;
grant execute on function public.write_embeddings to service_role;

-- sql/rpc/release_jobs.sql
create function public.release_jobs(
    -- [{"job_id": 1, "attempt": 2}]
    fences jsonb
)
    -- how many wait again
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    released integer;
begin
    with locked as materialized (
        select jobs.id
        from private.jobs
        inner join jsonb_to_recordset(release_jobs.fences) as fence (job_id bigint, attempt integer)
            on
                jobs.id = fence.job_id
                and jobs.attempt = fence.attempt
        where jobs.state = 'leased'
        order by jobs.id
        for update of jobs
    )
    update private.jobs
    set
        state = 'waiting',
        leased_by = null,
        run_at = clock_timestamp(),
        updated_at = clock_timestamp()
    from locked
    where jobs.id = locked.id;
    get diagnostics released = row_count;
    return released;
end
$$;
comment on function public.release_jobs is
'Hand leased jobs back unfinished, as a worker does that is told to stop.

A lease that is no longer held is left alone. For workers only.';
revoke execute on function public.release_jobs from public, anon, authenticated;
grant execute on function public.release_jobs to service_role;

-- sql/rpc/replay_jobs.sql
create function public.replay_jobs(
    -- null: every dead job of the workspace
    job_ids bigint[] default null,
    -- null: of every workspace
    workspace_id uuid default null
)
    -- how many wait again
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    replayed integer;
begin
    perform set_config('campaignbase.actor', 'machine', true);
    -- content before jobs, as everywhere
    update public.content_assets
    set label_state = 'queued'
    from private.jobs
    where
        jobs.state = 'dead'
        and jobs.kind = 'categorize_content'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id)
        and content_assets.id = jobs.target_id
        and content_assets.label_state = 'failed';
    update public.campaigns
    set label_state = 'queued'
    from private.jobs
    where
        jobs.state = 'dead'
        and jobs.kind = 'categorize_campaign'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id)
        and campaigns.id = jobs.target_id
        and campaigns.label_state = 'failed';
    perform set_config('campaignbase.actor', '', true);

    update private.jobs
    set
        state = 'waiting',
        attempt = jobs.attempt + 1,
        failures = 0,
        run_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where
        jobs.state = 'dead'
        and (replay_jobs.job_ids is null or jobs.id = any(replay_jobs.job_ids))
        and (replay_jobs.workspace_id is null or jobs.workspace_id = replay_jobs.workspace_id);
    get diagnostics replayed = row_count;
    return replayed;
end
$$;
comment on function public.replay_jobs is
'Give dead jobs a new life: they wait again, with their failures forgotten.

For workers and operators only.';
revoke execute on function public.replay_jobs from public, anon, authenticated;
grant execute on function public.replay_jobs to service_role;

-- sql/rpc/queue_content.sql
create function public.queue_content(
    -- assets or campaigns; ids the caller may not write are left out
    target_ids uuid[]
)
    -- how many were queued
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.queue_content(queue_content.target_ids);
$$;
comment on function public.queue_content is
'Have assets and campaigns labeled again.

Labels set by a person stay; the others are decided anew.';
revoke execute on function public.queue_content from public, anon;
grant execute on function public.queue_content to authenticated, service_role;

-- sql/rpc/queue_status.sql
create function public.queue_status(
    -- null: all the caller may see
    workspace_id uuid default null
)
    returns table (
        workspace uuid,
        workspace_name text,
        kind text,
        waiting bigint,
        leased bigint,
        dead bigint,
        -- age of the oldest job that is not dead; null without one
        oldest_seconds double precision,
        last_error text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.queue_status(queue_status.workspace_id);
$$;
comment on function public.queue_status is
'How much there is to do: jobs by workspace and kind, the age of the oldest, the last error.

No row means nothing to do.';
revoke execute on function public.queue_status from public, anon;
grant execute on function public.queue_status to authenticated, service_role;

-- sql/rpc/dead_jobs.sql
create function public.dead_jobs(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- values outside 1..1000 are clamped
    match_count integer default 100
)
    -- the last that failed first
    returns table (
        id bigint,
        workspace uuid,
        kind text,
        target_id uuid,
        failures integer,
        last_error text,
        created_at timestamptz,
        updated_at timestamptz
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select * from private.dead_jobs(dead_jobs.workspace_id, dead_jobs.match_count);
$$;
comment on function public.dead_jobs is
'What was given up, with the last error.

replay_jobs lets it wait again; so does another text of its target.';
revoke execute on function public.dead_jobs from public, anon;
grant execute on function public.dead_jobs to authenticated, service_role;
