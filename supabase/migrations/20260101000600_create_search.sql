-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  find content, campaigns, categories and tags by meaning
-- Touches:  function private.check_query_embedding, private.begin_vector_walk, private.few_content,
--           private.search_content_exactly, private.rank_content, private.near_content,
--           private.few_campaigns, private.search_campaigns_exactly,
--           public.semantic_search_content, public.search_content,
--           public.semantic_search_campaigns, public.match_categories, public.match_tags,
--           public.preview_rule
-- Mirrors:  sql/functions/check_query_embedding.sql, sql/functions/begin_vector_walk.sql,
--           sql/functions/few_content.sql, sql/functions/search_content_exactly.sql,
--           sql/functions/rank_content.sql, sql/functions/near_content.sql,
--           sql/functions/few_campaigns.sql, sql/functions/search_campaigns_exactly.sql,
--           sql/rpc/semantic_search_content.sql, sql/rpc/search_content.sql,
--           sql/rpc/semantic_search_campaigns.sql, sql/rpc/match_categories.sql,
--           sql/rpc/match_tags.sql, sql/rpc/preview_rule.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/check_query_embedding.sql
create function private.check_query_embedding(query_embedding extensions.vector)
    returns void
    language plpgsql
    immutable
    set search_path = ''
as $$
begin
    -- the width written on an argument is ignored by Postgres
    if query_embedding is null or extensions.vector_dims(query_embedding) <> 1536 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'query_embedding must be a vector of 1536 numbers, not %s',
                coalesce(extensions.vector_dims(query_embedding)::text, 'null')
            ),
            hint = 'Embed the query with the workspace''s model; pad shorter vectors with zeros.';
    end if;
    if abs(extensions.vector_norm(query_embedding) - 1) > 0.01 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'query_embedding must have length 1, not %s', round(extensions.vector_norm(query_embedding)::numeric, 4)
            ),
            hint = 'Divide the vector by its Euclidean length.';
    end if;
end
$$;
comment on function private.check_query_embedding is 'Refuses a vector that is not 1536 wide and of unit length.';
revoke execute on function private.check_query_embedding from public, anon;
grant execute on function private.check_query_embedding to authenticated, service_role;

-- sql/functions/begin_vector_walk.sql
create function private.begin_vector_walk(
    -- the vector index
    walked regclass
)
    returns void
    language plpgsql
    security invoker
    set search_path = ''
as $$
begin
    -- Keep walking the index until enough rows were found. The strict order would leave out what is found late and
    -- is nearer than a row before it, be that deleted or another's; vectors as wide as ours need more memory.
    perform set_config('hnsw.iterative_scan', 'relaxed_order', true);
    perform set_config('hnsw.scan_mem_multiplier', '8', true);
    -- The default of 40 finds all of the nearest ten but one in 250 among 10,000 rows, but one in twenty among
    -- 100,000; 160 all there but one in a hundred. Nobody knows yet how many: as if many.
    perform set_config(
        'hnsw.ef_search',
        (
            select
                case
                    when pg_class.reltuples > 0 then least(greatest(ceil(pg_class.reltuples / 400), 40), 160)
                    else 160
                end::text
            from pg_catalog.pg_class
            where pg_class.oid = begin_vector_walk.walked
        ),
        true
    );
end
$$;
comment on function private.begin_vector_walk is
'Settings, until the end of the transaction, under which a vector index is walked to the nearest rows a caller may see.

A function cannot carry them: without a superuser, hnsw settings are refused in its definition.';
revoke execute on function private.begin_vector_walk from public, anon;
grant execute on function private.begin_vector_walk to authenticated, service_role;

-- sql/functions/few_content.sql
create function private.few_content(
    -- null: everybody's
    workspace_ids uuid[]
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- walking the index to ten rows of theirs costs about 10 x all / theirs, comparing all of theirs costs those;
    -- a step of the walk is half the price of a comparison
    select count(*) < enough.rows
    from (
        select
            -- and a walk that is asked for a hundred of little more than that misses some
            greatest(ceil(sqrt(5 * greatest(pg_class.reltuples, 1000))), 300)::bigint as rows
        from pg_catalog.pg_class
        where pg_class.oid = 'public.idx_content_assets_embedding'::regclass
    ) as enough
    cross join lateral (
        (
            select
            from public.content_assets
            where content_assets.workspace_id = any(few_content.workspace_ids)
            limit enough.rows
        )
        union all
        (
            select
            from public.content_assets
            where few_content.workspace_ids is null
            limit enough.rows
        )
    ) as found
    group by enough.rows;
$$;
comment on function private.few_content is
'Whether workspaces, or all of them, have so little content that comparing all of it finds the nearest sooner than the vector index.';
revoke execute on function private.few_content from public, anon;
grant execute on function private.few_content to authenticated, service_role;

-- sql/functions/search_content_exactly.sql
create function private.search_content_exactly(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    workspace_ids uuid[],
    category text default null,
    tag text default null,
    campaign_id uuid default null,
    sentiment text default null,
    language text default null
)
    -- best match first
    returns setof public.content_assets
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_indexscan = off
as $$
begin
    return query
    select content_assets.*
    from public.content_assets
    where
        content_assets.workspace_id = any(search_content_exactly.workspace_ids)
        and content_assets.embedding is not null
        and (search_content_exactly.model is null or content_assets.embedding_model = search_content_exactly.model)
        and (
            search_content_exactly.category is null
            or content_assets.primary_category = search_content_exactly.category
        )
        and (search_content_exactly.tag is null or content_assets.tags @> array[search_content_exactly.tag])
        and (
            search_content_exactly.campaign_id is null
            or content_assets.campaign_id = search_content_exactly.campaign_id
        )
        and (search_content_exactly.sentiment is null or content_assets.sentiment = search_content_exactly.sentiment)
        and (search_content_exactly.language is null or content_assets.language = search_content_exactly.language)
    order by content_assets.embedding operator(extensions.<=>) search_content_exactly.query_embedding
    limit search_content_exactly.match_count;
end
$$;
comment on function private.search_content_exactly is
'By comparing all of them: fast and complete where the workspaces have few, however many others have.';
revoke execute on function private.search_content_exactly from public, anon;
grant execute on function private.search_content_exactly to authenticated, service_role;

-- sql/functions/rank_content.sql
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

-- sql/functions/near_content.sql
create function private.near_content(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    -- null: everybody's
    workspace_ids uuid[],
    category text,
    tag text,
    campaign_id uuid,
    sentiment text,
    language text
)
    -- best match first
    returns table (id uuid, similarity double precision)
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and would compare all rows
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    among uuid[] := near_content.workspace_ids;
    few boolean := coalesce(private.few_content(among), true);
begin
    if
        among is not null
        and not few
        and num_nonnulls(
            near_content.category, near_content.tag, near_content.campaign_id, near_content.sentiment,
            near_content.language
        ) > 0
    then
        -- the index would be walked in vain where a filter leaves little
        select count(*) < 2000 into few
        from (
            select
            from public.content_assets
            where
                content_assets.workspace_id = any(among)
                and (near_content.category is null or content_assets.primary_category = near_content.category)
                and (near_content.tag is null or content_assets.tags @> array[near_content.tag])
                and (near_content.campaign_id is null or content_assets.campaign_id = near_content.campaign_id)
                and (near_content.sentiment is null or content_assets.sentiment = near_content.sentiment)
                and (near_content.language is null or content_assets.language = near_content.language)
            limit 2000
        ) as found;
    end if;
    if few then
        among := coalesce(among, array(select distinct content_assets.workspace_id from public.content_assets));
        return query
        select
            found.id,
            1 - (found.embedding operator(extensions.<=>) near_content.query_embedding)
        from private.search_content_exactly(
            near_content.query_embedding,
            near_content.match_count,
            near_content.model,
            among,
            near_content.category,
            near_content.tag,
            near_content.campaign_id,
            near_content.sentiment,
            near_content.language
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_content_assets_embedding'::regclass);
    return query
    select
        content_assets.id,
        1 - (content_assets.embedding operator(extensions.<=>) near_content.query_embedding)
    from public.content_assets
    where
        content_assets.embedding is not null
        and (near_content.model is null or content_assets.embedding_model = near_content.model)
        -- not an equality: the planner would compare all of the workspace
        and (among is null or array_position(among, content_assets.workspace_id) is not null)
        and (near_content.category is null or content_assets.primary_category = near_content.category)
        and (near_content.tag is null or content_assets.tags @> array[near_content.tag])
        and (near_content.campaign_id is null or content_assets.campaign_id = near_content.campaign_id)
        and (near_content.sentiment is null or content_assets.sentiment = near_content.sentiment)
        and (near_content.language is null or content_assets.language = near_content.language)
    order by content_assets.embedding operator(extensions.<=>) near_content.query_embedding
    limit near_content.match_count;
end
$$;
comment on function private.near_content is
'Content nearest to a vector that passes the filters: compared one by one where that is little, else by the index.';
revoke execute on function private.near_content from public, anon;
grant execute on function private.near_content to authenticated, service_role;

-- sql/functions/few_campaigns.sql
create function private.few_campaigns(
    -- null: everybody's
    workspace_ids uuid[]
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- walking the index to ten rows of theirs costs about 10 x all / theirs, comparing all of theirs costs those;
    -- a step of the walk is half the price of a comparison
    select count(*) < enough.rows
    from (
        select
            -- and a walk that is asked for a hundred of little more than that misses some
            greatest(ceil(sqrt(5 * greatest(pg_class.reltuples, 1000))), 300)::bigint as rows
        from pg_catalog.pg_class
        where pg_class.oid = 'public.idx_campaigns_embedding'::regclass
    ) as enough
    cross join lateral (
        (
            select
            from public.campaigns
            where campaigns.workspace_id = any(few_campaigns.workspace_ids)
            limit enough.rows
        )
        union all
        (
            select
            from public.campaigns
            where few_campaigns.workspace_ids is null
            limit enough.rows
        )
    ) as found
    group by enough.rows;
$$;
comment on function private.few_campaigns is
'Whether workspaces, or all of them, have so few campaigns that comparing all of them finds the nearest sooner than the vector index.';
revoke execute on function private.few_campaigns from public, anon;
grant execute on function private.few_campaigns to authenticated, service_role;

-- sql/functions/search_campaigns_exactly.sql
create function private.search_campaigns_exactly(
    -- unit length
    query_embedding extensions.vector,
    match_count integer,
    model text,
    workspace_ids uuid[]
)
    -- best match first
    returns setof public.campaigns
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and chooses wrongly
    set enable_indexscan = off
as $$
begin
    return query
    select campaigns.*
    from public.campaigns
    where
        campaigns.workspace_id = any(search_campaigns_exactly.workspace_ids)
        and campaigns.embedding is not null
        and (search_campaigns_exactly.model is null or campaigns.embedding_model = search_campaigns_exactly.model)
    order by campaigns.embedding operator(extensions.<=>) search_campaigns_exactly.query_embedding
    limit search_campaigns_exactly.match_count;
end
$$;
comment on function private.search_campaigns_exactly is
'By comparing all of them: fast and complete where the workspaces have few, however many others have.';
revoke execute on function private.search_campaigns_exactly from public, anon;
grant execute on function private.search_campaigns_exactly to authenticated, service_role;

-- sql/rpc/semantic_search_content.sql
create function public.semantic_search_content(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 10,
    -- only rows embedded by it; null: each workspace's own
    model text default null,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        content text,
        primary_category text,
        tags text[],
        -- cosine, -1..1
        similarity double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and would compare all rows
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    wanted integer := least(greatest(coalesce(semantic_search_content.match_count, 10), 1), 100);
    -- null: everybody's
    among uuid[] := case
        when semantic_search_content.workspace_id is not null then array[semantic_search_content.workspace_id]
        when row_security_active('public.content_assets') then array(select private.caller_workspace_ids())
    end;
begin
    perform private.check_query_embedding(semantic_search_content.query_embedding);
    if coalesce(private.few_content(among), true) then
        among := coalesce(among, array(select distinct content_assets.workspace_id from public.content_assets));
        return query
        select
            found.id,
            private.asset_text(found.content, found.prompt, found.alt_text, found.file_path),
            found.primary_category,
            found.tags,
            1 - (found.embedding operator(extensions.<=>) semantic_search_content.query_embedding)
        from private.search_content_exactly(
            semantic_search_content.query_embedding, wanted, semantic_search_content.model, among
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_content_assets_embedding'::regclass);
    return query
    select
        found.id,
        private.asset_text(found.content, found.prompt, found.alt_text, found.file_path),
        found.primary_category,
        found.tags,
        1 - found.distance
    from (
        select
            content_assets.id,
            content_assets.content,
            content_assets.prompt,
            content_assets.alt_text,
            content_assets.file_path,
            content_assets.primary_category,
            content_assets.tags,
            content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding as distance
        from public.content_assets
        where
            content_assets.embedding is not null
            and (
                semantic_search_content.model is null
                or content_assets.embedding_model = semantic_search_content.model
            )
            -- not an equality: the planner takes a comparison of 1536 numbers for one operation, and would compare
            -- all of the workspace
            and (among is null or array_position(among, content_assets.workspace_id) is not null)
        order by content_assets.embedding operator(extensions.<=>) semantic_search_content.query_embedding
        limit wanted
    ) as found
    order by found.distance;
end
$$;
comment on function public.semantic_search_content is
'Find content by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces; content is the text that was embedded.';
revoke execute on function public.semantic_search_content from public, anon;
grant execute on function public.semantic_search_content to authenticated, service_role;

-- sql/rpc/search_content.sql
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

-- sql/rpc/semantic_search_campaigns.sql
create function public.semantic_search_campaigns(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 10,
    -- only rows embedded by it; null: each workspace's own
    model text default null,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        name text,
        campaign_type text,
        status text,
        primary_category text,
        -- cosine, -1..1
        similarity double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
    -- the planner takes a comparison of 1536 numbers for one operation, and would compare all rows
    set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    wanted integer := least(greatest(coalesce(semantic_search_campaigns.match_count, 10), 1), 100);
    -- null: everybody's
    among uuid[] := case
        when semantic_search_campaigns.workspace_id is not null then array[semantic_search_campaigns.workspace_id]
        when row_security_active('public.campaigns') then array(select private.caller_workspace_ids())
    end;
begin
    perform private.check_query_embedding(semantic_search_campaigns.query_embedding);
    if coalesce(private.few_campaigns(among), true) then
        among := coalesce(among, array(select distinct campaigns.workspace_id from public.campaigns));
        return query
        select
            found.id,
            found.name,
            found.campaign_type,
            found.status,
            found.primary_category,
            1 - (found.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding)
        from private.search_campaigns_exactly(
            semantic_search_campaigns.query_embedding, wanted, semantic_search_campaigns.model, among
        ) as found;
        return;
    end if;
    perform private.begin_vector_walk('public.idx_campaigns_embedding'::regclass);
    return query
    select
        found.id,
        found.name,
        found.campaign_type,
        found.status,
        found.primary_category,
        1 - found.distance
    from (
        select
            campaigns.id,
            campaigns.name,
            campaigns.campaign_type,
            campaigns.status,
            campaigns.primary_category,
            campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding as distance
        from public.campaigns
        where
            campaigns.embedding is not null
            and (
                semantic_search_campaigns.model is null
                or campaigns.embedding_model = semantic_search_campaigns.model
            )
            -- not an equality, for the planner
            and (among is null or array_position(among, campaigns.workspace_id) is not null)
        order by campaigns.embedding operator(extensions.<=>) semantic_search_campaigns.query_embedding
        limit wanted
    ) as found
    order by found.distance;
end
$$;
comment on function public.semantic_search_campaigns is
'Find campaigns by meaning.

Cosine similarity to the query embedding, within the caller''s workspaces.';
revoke execute on function public.semantic_search_campaigns from public, anon;
grant execute on function public.semantic_search_campaigns to authenticated, service_role;

-- sql/rpc/match_categories.sql
create function public.match_categories(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 12,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        name text,
        description text,
        -- cosine, -1..1
        similarity double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform private.check_query_embedding(match_categories.query_embedding);
    return query
    select
        categories.id,
        categories.name,
        categories.description,
        1 - (categories.embedding operator(extensions.<=>) match_categories.query_embedding)
    from public.categories
    where
        categories.embedding is not null
        and (match_categories.workspace_id is null or categories.workspace_id = match_categories.workspace_id)
    order by categories.embedding operator(extensions.<=>) match_categories.query_embedding
    limit least(greatest(coalesce(match_categories.match_count, 12), 1), 100);
end
$$;
comment on function public.match_categories is
'Find the categories nearest to a text.

Exact cosine similarity of the query embedding to name, description and keywords.';
revoke execute on function public.match_categories from public, anon;
grant execute on function public.match_categories to authenticated, service_role;

-- sql/rpc/match_tags.sql
create function public.match_tags(
    -- unit length, from the model of the stored rows
    query_embedding extensions.vector(1536),
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 12,
    -- null: all the caller may see
    workspace_id uuid default null
)
    -- best match first
    returns table (
        id uuid,
        name text,
        tag_type text,
        description text,
        -- cosine, -1..1
        similarity double precision
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform private.check_query_embedding(match_tags.query_embedding);
    return query
    select
        tags.id,
        tags.name,
        tags.tag_type,
        tags.description,
        1 - (tags.embedding operator(extensions.<=>) match_tags.query_embedding)
    from public.tags
    where
        tags.embedding is not null
        and (match_tags.workspace_id is null or tags.workspace_id = match_tags.workspace_id)
    order by tags.embedding operator(extensions.<=>) match_tags.query_embedding
    limit least(greatest(coalesce(match_tags.match_count, 12), 1), 100);
end
$$;
comment on function public.match_tags is
'Find the tags nearest to a text.

Exact cosine similarity of the query embedding to name, description and keywords.';
revoke execute on function public.match_tags from public, anon;
grant execute on function public.match_tags to authenticated, service_role;

-- sql/rpc/preview_rule.sql
create function public.preview_rule(
    -- of a rule, as automation_rules takes them
    conditions jsonb,
    -- null: all the caller may see
    workspace_id uuid default null,
    -- rows to return; values outside 1..1000 are clamped
    match_count integer default 100,
    -- null: whatever campaign it is in, or none
    of_campaign uuid default null
)
    -- newest first
    returns table (
        id uuid,
        campaign_id uuid,
        source_key text,
        asset_type text,
        -- the text that was judged: content, else prompt, else alt_text, else the file's name
        content text,
        prompt text,
        alt_text text,
        file_path text,
        file_url text,
        generator text,
        parameters jsonb,
        language text,
        primary_category text,
        tags text[],
        sentiment text,
        target_audience text,
        category_source text,
        sentiment_source text,
        audience_source text,
        label_state text,
        confirmed_at timestamptz,
        quality_score numeric,
        quality_parts jsonb,
        embedding_model text,
        created_at timestamptz,
        updated_at timestamptz,
        approval text,
        approval_rule text,
        approval_note text,
        approval_at timestamptz
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
declare
    error text := private.rule_conditions_error(preview_rule.conditions);
    wanted integer := least(greatest(coalesce(preview_rule.match_count, 100), 1), 1000);
    program jsonb;
    asks_similarity boolean;
    asset public.content_assets;
    similarity double precision;
begin
    if error is not null then
        raise exception using errcode = 'invalid_parameter_value', message = error;
    end if;
    program := private.rule_program(
        case
            when preview_rule.workspace_id is null then preview_rule.conditions
            else private.rule_own_names(preview_rule.workspace_id, preview_rule.conditions)
        end
    );
    asks_similarity := program @? '$.**[*] ? (@ == "similarity")';
    for asset in
        select *
        from public.content_assets
        where
            (preview_rule.workspace_id is null or content_assets.workspace_id = preview_rule.workspace_id)
            and (preview_rule.of_campaign is null or content_assets.campaign_id = preview_rule.of_campaign)
        order by content_assets.created_at desc, content_assets.id desc
    loop
        if asks_similarity then
            -- as categorization_context measures it
            select max(1 - (categories.embedding operator(extensions.<=>) asset.embedding))
            into similarity
            from public.categories
            where
                categories.workspace_id = asset.workspace_id
                and categories.embedding is not null
                and not categories.manual_only;
        end if;
        if
            private.rule_holds(program, private.rule_facts(private.asset_facts(asset, similarity)))
        then
            return query
            select
                asset.id,
                asset.campaign_id,
                asset.source_key,
                asset.asset_type,
                private.asset_text(asset.content, asset.prompt, asset.alt_text, asset.file_path),
                asset.prompt,
                asset.alt_text,
                asset.file_path,
                asset.file_url,
                asset.generator,
                asset.parameters,
                asset.language,
                asset.primary_category,
                asset.tags,
                asset.sentiment,
                asset.target_audience,
                asset.category_source,
                asset.sentiment_source,
                asset.audience_source,
                asset.label_state,
                asset.confirmed_at,
                asset.quality_score,
                asset.quality_parts,
                asset.embedding_model,
                asset.created_at,
                asset.updated_at,
                asset.approval,
                asset.approval_rule,
                asset.approval_note,
                asset.approval_at;
            wanted := wanted - 1;
            exit when wanted = 0;
        end if;
    end loop;
end
$$;
comment on function public.preview_rule is
'Find the content that a rule with these conditions would hit.

Answers from the labels as they are stored now; conditions that a rule may not have are refused as on saving.';
revoke execute on function public.preview_rule from public, anon;
grant execute on function public.preview_rule to authenticated, service_role;
