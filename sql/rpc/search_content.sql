create function public.search_content(
    -- its words are looked for; content that has any of them is found
    query_text text default null,
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536) default null,
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 10,
    -- semantic (needs query_embedding), keyword (needs query_text), hybrid (needs both)
    mode text default 'hybrid',
    -- only rows embedded by it; null: each workspace's own
    model text default null,
    -- null: all the caller may see
    workspace_id uuid default null,
    -- cosine, of what is found by meaning
    min_similarity double precision default null,
    category text default null,
    tag text default null,
    campaign_id uuid default null,
    sentiment text default null,
    language text default null
)
    -- best match first, equal ones newest first
    returns table (
        id uuid,
        content text,
        primary_category text,
        tags text[],
        -- what the order goes by: similarity, rank, or the sum of 1 / (60 + place) over both
        score double precision,
        -- cosine, -1..1; null where it was not found by meaning
        similarity double precision,
        -- weight of the words it has; null where it was not found by words
        rank double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
declare
    wanted integer := least(greatest(coalesce(search_content.match_count, 10), 1), 100);
    -- how far down either list a row may stand to be fused
    depth integer := case when search_content.mode = 'hybrid' then least(greatest(4 * wanted, 40), 200) else wanted end;
    words text[];
    -- null: everybody's
    among uuid[] := case
        when search_content.workspace_id is not null then array[search_content.workspace_id]
        when row_security_active('public.content_assets') then array(select private.caller_workspace_ids())
    end;
begin
    if search_content.mode is null or search_content.mode not in ('semantic', 'keyword', 'hybrid') then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('mode %L is not one of semantic, keyword, hybrid', search_content.mode);
    end if;
    if search_content.mode = 'keyword' and search_content.min_similarity is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'keyword search has no min_similarity',
            hint = 'Leave it out, or search in mode semantic or hybrid.';
    end if;
    if search_content.mode <> 'keyword' then
        perform private.check_query_embedding(search_content.query_embedding);
    end if;
    if search_content.mode <> 'semantic' then
        if search_content.query_text is null then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('%s search needs query_text', search_content.mode);
        end if;
        words := (private.search_words(search_content.query_text))[:64];
    end if;
    return query
    with near as (
        select
            found.id,
            found.similarity
        from private.near_content(
            search_content.query_embedding,
            depth,
            search_content.model,
            among,
            search_content.category,
            search_content.tag,
            search_content.campaign_id,
            search_content.sentiment,
            search_content.language
        ) as found
        where
            search_content.mode <> 'keyword'
            and (search_content.min_similarity is null or found.similarity >= search_content.min_similarity)
    ),
    named as (
        select
            found.id,
            found.rank
        from private.rank_content(
            words,
            coalesce(among, array(select workspaces.id from public.workspaces)),
            depth,
            search_content.category,
            search_content.tag,
            search_content.campaign_id,
            search_content.sentiment,
            search_content.language
        ) as found
        where cardinality(words) > 0
    ),
    placed as (
        select
            content_assets.*,
            near.similarity,
            named.rank,
            case
                when near.id is not null then row_number() over (
                    order by
                        round(near.similarity::numeric, 6) desc nulls last,
                        content_assets.created_at desc,
                        content_assets.id desc
                )
            end as near_place,
            case
                when named.id is not null then row_number() over (
                    order by named.rank desc nulls last, content_assets.created_at desc, content_assets.id desc
                )
            end as named_place
        from near
        full outer join named on near.id = named.id
        inner join public.content_assets on coalesce(near.id, named.id) = content_assets.id
    )
    select
        placed.id,
        private.asset_text(placed.content, placed.prompt, placed.alt_text, placed.file_path),
        placed.primary_category,
        placed.tags,
        case search_content.mode
            when 'semantic' then placed.similarity
            when 'keyword' then placed.rank
            else coalesce(1::float8 / (60 + placed.near_place), 0) + coalesce(1::float8 / (60 + placed.named_place), 0)
        end,
        placed.similarity,
        placed.rank
    from placed
    order by
        case search_content.mode
            when 'semantic' then -placed.near_place
            when 'keyword' then -placed.named_place
            else coalesce(1::float8 / (60 + placed.near_place), 0) + coalesce(1::float8 / (60 + placed.named_place), 0)
        end desc,
        placed.created_at desc,
        placed.id desc
    limit wanted;
end
$$;
comment on function public.search_content is
'Find content by words, by meaning, or by both fused.

Within the caller''s workspaces; filters hold for every mode. content is the text that was searched.
Words are weighed by how rare they are among what was found: ln(1 + (n - m + 0.5) / (m + 0.5)) for a word that m of
n rows have. Fused by reciprocal rank: 1 / (60 + place) over both lists, as far down as 4 times match_count.';
revoke execute on function public.search_content from public, anon;
grant execute on function public.search_content to authenticated, service_role;
