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
        language = answer.language,
        quality_score = answer.quality_score,
        quality_parts = nullif(answer.quality_parts, 'null')
    from jsonb_to_recordset(write_content_labels.results) as answer (
        job_id bigint, embedding text, embedding_kept boolean, embedding_model text, content_hash text,
        category jsonb, sentiment jsonb, audience jsonb, language text, quality_score numeric, quality_parts jsonb
    )
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    left join public.categories on categories.id = (answer.category ->> 'id')::uuid
    left join public.tags as audiences on audiences.id = (answer.audience ->> 'id')::uuid
    where
        answer.job_id = any(write_content_labels.done)
        and content_assets.id = jobs.target_id;
end
$$;
comment on function private.write_content_labels is
'Writes accepted answers on their assets. A field whose source is human keeps its value.';
revoke execute on function private.write_content_labels from public, anon, authenticated;
grant execute on function private.write_content_labels to service_role;
