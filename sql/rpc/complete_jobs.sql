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
