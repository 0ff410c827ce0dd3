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
