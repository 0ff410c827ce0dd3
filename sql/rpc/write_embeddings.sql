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
