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
