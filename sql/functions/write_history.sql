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
