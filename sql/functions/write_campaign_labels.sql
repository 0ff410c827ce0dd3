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
