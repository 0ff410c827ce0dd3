create function public.suggest_merges(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- rows to return; values outside 1..100 are clamped
    match_count integer default 20
)
    -- the likest first
    returns table (
        -- the less used: what would go
        source_id uuid,
        source text,
        target_id uuid,
        target text,
        source_count integer,
        target_count integer,
        -- cosine of what they say of themselves; null without vectors
        similarity double precision,
        -- of tags: content that has both; of categories: how often people moved content from one to the other
        together bigint
    )
    language plpgsql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
#variable_conflict use_column
begin
    return query
    with
    -- taken out of TOAST once, not once a pair
    label as materialized (
        select
            tags.id,
            tags.name,
            tags.usage_count,
            tags.distinct_from,
            tags.tag_type = 'audience' as is_audience,
            extensions.subvector(tags.embedding, 1, 1536) as embedding
        from public.tags
        where
            tags.workspace_id = suggest_merges.workspace_id
            and suggest_merges.kind = 'tag'
        union all
        select
            categories.id,
            categories.name,
            categories.usage_count,
            categories.distinct_from,
            false,
            extensions.subvector(categories.embedding, 1, 1536)
        from public.categories
        where
            categories.workspace_id = suggest_merges.workspace_id
            and suggest_merges.kind = 'category'
    ),
    used as materialized (
        select
            one.tag_id as one_id,
            other.tag_id as other_id,
            count(*) as together
        from public.content_asset_tags as one
        inner join public.content_asset_tags as other
            on
                one.content_asset_id = other.content_asset_id
                and one.tag_id < other.tag_id
        where
            suggest_merges.kind = 'tag'
            and one.workspace_id = suggest_merges.workspace_id
            and one.state = 'applied'
            and other.state = 'applied'
        group by one.tag_id, other.tag_id
        union all
        select
            least(one.id, other.id),
            greatest(one.id, other.id),
            count(*)
        from public.categorizations
        inner join label as one on categorizations.previous_label = one.name
        inner join label as other on categorizations.label = other.name
        where
            suggest_merges.kind = 'category'
            and categorizations.workspace_id = suggest_merges.workspace_id
            and categorizations.field = 'category'
            and categorizations.source = 'human'
            and one.id <> other.id
        group by 1, 2
    ),
    pair as (
        select
            one.id as one_id,
            other.id as other_id,
            one.name as one_name,
            other.name as other_name,
            one.usage_count as one_count,
            other.usage_count as other_count,
            1 - (one.embedding operator(extensions.<=>) other.embedding) as similarity,
            coalesce(used.together, 0) as together
        from label as one
        inner join label as other on one.id < other.id
        left join used
            on
                one.id = used.one_id
                and other.id = used.other_id
        where
            one.is_audience is not distinct from other.is_audience
            and other.id <> all(one.distinct_from)
            and one.id <> all(other.distinct_from)
    )
    select
        case when pair.one_count <= pair.other_count then pair.one_id else pair.other_id end,
        case when pair.one_count <= pair.other_count then pair.one_name else pair.other_name end,
        case when pair.one_count <= pair.other_count then pair.other_id else pair.one_id end,
        case when pair.one_count <= pair.other_count then pair.other_name else pair.one_name end,
        least(pair.one_count, pair.other_count),
        greatest(pair.one_count, pair.other_count),
        pair.similarity,
        pair.together
    from pair
    where
        pair.similarity >= 0.8
        -- of tags: nearly always together; of categories: mistaken for each other
        or (
            pair.together >= 3
            and (
                suggest_merges.kind = 'category'
                or pair.together >= 0.8 * (pair.one_count + pair.other_count - pair.together)
            )
        )
    order by coalesce(pair.similarity, 0) desc, pair.together desc, 2, 4
    limit least(greatest(coalesce(suggest_merges.match_count, 20), 1), 100);
end
$$;
comment on function public.suggest_merges is
'Pairs of labels that may be one: alike in what they say of themselves, or in how they are used.

What a person said are not the same is left out; see mark_distinct.';
revoke execute on function public.suggest_merges from public, anon;
grant execute on function public.suggest_merges to authenticated, service_role;
