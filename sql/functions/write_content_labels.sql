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
