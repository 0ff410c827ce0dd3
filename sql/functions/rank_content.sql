create function private.rank_content(
    -- from search_words
    words text[],
    workspace_ids uuid[],
    match_count integer,
    category text,
    tag text,
    campaign_id uuid,
    sentiment text,
    language text
)
    -- best match first
    returns table (id uuid, rank double precision)
    language plpgsql
    stable
    security definer  -- no operator that might leak is let into an index before a policy; membership is checked below
    set search_path = ''
    -- splitting every text into words takes longer than looking them up, however few there are
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    among uuid[] := array(
        select asked.id
        from unnest(rank_content.workspace_ids) as asked (id)
        where private.caller_is_service() or asked.id in (select private.caller_workspace_ids())
    );
begin
    return query
    with hits as materialized (
        select
            asked.word,
            found.id,
            found.created_at
        from unnest(rank_content.words) as asked (word)
        cross join lateral (
            select
                string_agg(
                    quote_literal(private.content_word(workspaces.id, asked.word)), '|'
                )::tsquery as query
            from unnest(among) as workspaces (id)
        ) as sought
        cross join lateral (
            select
                content_assets.id,
                content_assets.created_at
            from public.content_assets
            where
                private.content_words(
                    content_assets.workspace_id,
                    content_assets.content,
                    content_assets.prompt,
                    content_assets.alt_text,
                    content_assets.file_path
                ) @@ sought.query
                -- not an equality, which would offer the planner other indexes
                and array_position(among, content_assets.workspace_id) is not null
                and (rank_content.category is null or content_assets.primary_category = rank_content.category)
                and (rank_content.tag is null or content_assets.tags @> array[rank_content.tag])
                and (rank_content.campaign_id is null or content_assets.campaign_id = rank_content.campaign_id)
                and (rank_content.sentiment is null or content_assets.sentiment = rank_content.sentiment)
                and (rank_content.language is null or content_assets.language = rank_content.language)
            -- by itself, word after word: joined, all texts would be split for a filter
            offset 0
        ) as found
    ),
    weights as (
        select
            hits.word,
            ln(1 + (everything.total - count(*) + 0.5::float8) / (count(*) + 0.5::float8)) as weight
        from hits
        cross join (select count(distinct hits.id) as total from hits) as everything
        group by hits.word, everything.total
    )
    select
        hits.id,
        round(sum(weights.weight)::numeric, 6)::double precision
    from hits
    inner join weights on hits.word = weights.word
    group by hits.id, hits.created_at
    order by 2 desc, hits.created_at desc, hits.id desc
    limit rank_content.match_count;
end
$$;
comment on function private.rank_content is
'Content that has any of the words, by the weight of those it has: the rarer among what was found, the more.';
revoke execute on function private.rank_content from public, anon;
grant execute on function private.rank_content to authenticated, service_role;
