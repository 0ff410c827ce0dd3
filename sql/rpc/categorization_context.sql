create function public.categorization_context(
    -- [{"kind": "categorize_content" | "categorize_campaign", "target_id", "embedding": text or null, "content_hash"}]
    requests jsonb,
    -- {workspace_id: "labels_key" of an earlier answer}: categories and tags that did not change since are null
    known jsonb default '{}'
)
    -- {"workspaces": {id: {"vocabulary_version", "labels_key", "categories", "tags", "groups", "rules", "head"}},
    --  "items": {target_id: {"workspace_id", "facts", "category", "sources", "rejected_tags", "human_tags",
    --            "matched_rules", "categories": [[id, similarity]], "tags": [[id, similarity]], "neighbors": [...],
    --            "trained": [[id, score]]}}}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    items jsonb;
    workspaces jsonb;
begin
    -- keep walking the index until enough rows of the right workspace were found
    perform set_config('hnsw.iterative_scan', 'strict_order', true);

    with request as materialized (
        -- vectors are parsed here, once
        select
            wanted.kind,
            wanted.target_id,
            wanted.content_hash,
            wanted.embedding::extensions.vector as embedding,
            coalesce(content_assets.workspace_id, campaigns.workspace_id) as workspace_id
        from jsonb_to_recordset(categorization_context.requests)
            as wanted (kind text, target_id uuid, embedding text, content_hash text)
        left join public.content_assets
            on
                wanted.kind = 'categorize_content'
                and wanted.target_id = content_assets.id
        left join public.campaigns
            on
                wanted.kind = 'categorize_campaign'
                and wanted.target_id = campaigns.id
        where coalesce(content_assets.id, campaigns.id) is not null
    ),
    -- vectors are of unit length: whose first 256 numbers have it too is zero from there on, as those of the shipped
    -- embedder are, and the product of those numbers is the cosine to any other. Labels are compared six times faster.
    width as materialized (
        select
            case
                when
                    bool_and(
                        extensions.vector_norm(extensions.subvector(request.embedding, 1, 256)) > 0.999999
                    )
                    then 256
                else 1536
            end as numbers
        from request
        where request.embedding is not null
    ),
    asked as materialized (
        select
            request.target_id,
            request.kind,
            request.workspace_id,
            extensions.subvector(request.embedding, 1, width.numbers) as embedding
        from request
        cross join width
        where request.embedding is not null
    ),
    -- taken out of TOAST once, not once an asset
    category_vector as materialized (
        select
            categories.id,
            categories.workspace_id,
            extensions.subvector(categories.embedding, 1, width.numbers) as embedding
        from public.categories
        cross join width
        where
            categories.workspace_id in (select request.workspace_id from request)
            and categories.embedding is not null
            and not categories.manual_only
    ),
    tag_vector as materialized (
        select
            tags.id,
            tags.workspace_id,
            extensions.subvector(tags.embedding, 1, width.numbers) as embedding,
            -- one of its group is due, however far from the text
            exists (
                select
                from public.tag_groups
                where
                    tag_groups.workspace_id = tags.workspace_id
                    and tag_groups.name = tags.tag_group
                    and tag_groups.min_tags > 0
            ) as is_due
        from public.tags
        cross join width
        where
            tags.workspace_id in (select request.workspace_id from request where request.kind = 'categorize_content')
            and tags.embedding is not null
            and not tags.manual_only
    ),
    near_category as materialized (
        select
            asked.target_id,
            jsonb_agg(jsonb_build_array(nearest.id, nearest.similarity) order by nearest.similarity desc) as found,
            max(nearest.similarity) as similarity
        from asked
        cross join lateral (
            select
                compared.id,
                compared.similarity
            from (
                select
                    category_vector.id,
                    - (category_vector.embedding operator(extensions.<#>) asked.embedding) as similarity
                from category_vector
                where category_vector.workspace_id = asked.workspace_id
                offset 0  -- else each pair is compared twice
            ) as compared
            order by compared.similarity desc
            limit 12
        ) as nearest
        group by asked.target_id
    ),
    near_tag as materialized (
        select
            asked.target_id,
            jsonb_agg(jsonb_build_array(nearest.id, nearest.similarity) order by nearest.similarity desc) as found
        from asked
        cross join lateral (
            (
                select
                    compared.id,
                    compared.similarity
                from (
                    select
                        tag_vector.id,
                        - (tag_vector.embedding operator(extensions.<#>) asked.embedding) as similarity
                    from tag_vector
                    where tag_vector.workspace_id = asked.workspace_id
                    offset 0  -- else each pair is compared twice
                ) as compared
                order by compared.similarity desc
                limit 20
            )
            union
            select
                tag_vector.id,
                - (tag_vector.embedding operator(extensions.<#>) asked.embedding)
            from tag_vector
            where
                tag_vector.workspace_id = asked.workspace_id
                and tag_vector.is_due
        ) as nearest
        where asked.kind = 'categorize_content'
        group by asked.target_id
    ),
    crowd as materialized (
        select
            home.workspace_id,
            coalesce(private.many_confirmed(home.workspace_id), false) as many
        from (select distinct request.workspace_id from request) as home
    ),
    neighbor as materialized (
        select
            request.target_id,
            case request.kind
                when 'categorize_content'
                    then private.content_neighbors(
                        request.workspace_id, request.target_id, request.content_hash, request.embedding, crowd.many
                    )
                else private.campaign_neighbors(
                    request.workspace_id, request.target_id, request.content_hash, request.embedding
                )
            end as found
        from request
        inner join crowd on request.workspace_id = crowd.workspace_id
        where request.embedding is not null
    ),
    head_label as materialized (
        select
            trained_heads.workspace_id,
            trained_head_labels.category_id,
            trained_head_labels.bias,
            extensions.subvector(trained_head_labels.weights, 1, width.numbers) as weights
        from public.trained_heads
        inner join public.workspaces
            on
                trained_heads.workspace_id = workspaces.id
                -- the head of other vectors says nothing of these
                and trained_heads.embedding_model = workspaces.embedding_model
        inner join private.trained_head_labels on trained_heads.id = trained_head_labels.head_id
        cross join width
        where
            trained_heads.workspace_id in (select asked.workspace_id from asked)
            and trained_heads.active
    ),
    -- alone, so that what is sorted below are numbers and not vectors
    logit as materialized (
        select
            asked.target_id,
            head_label.category_id,
            head_label.bias - (head_label.weights operator(extensions.<#>) asked.embedding) as logit
        from asked
        inner join head_label on asked.workspace_id = head_label.workspace_id
    ),
    trained as materialized (
        select
            scored.target_id,
            jsonb_agg(jsonb_build_array(scored.category_id, scored.score) order by scored.score desc) as found
        from (
            select
                shifted.target_id,
                shifted.category_id,
                exp(shifted.logit) / sum(exp(shifted.logit)) over whole as score,
                row_number() over (partition by shifted.target_id order by shifted.logit desc) as place
            from (
                select
                    logit.target_id,
                    logit.category_id,
                    logit.logit - max(logit.logit) over (partition by logit.target_id) as logit
                from logit
            ) as shifted
            window whole as (partition by shifted.target_id)
        ) as scored
        where scored.place <= 12
        group by scored.target_id
    ),
    -- assets and rules are made ready once each, not once a pair
    described as materialized (
        select
            stored.target_id,
            stored.workspace_id,
            stored.facts,
            private.rule_facts(stored.facts) as ready_facts
        from (
            select
                request.target_id,
                request.workspace_id,
                private.asset_facts(content_assets, near_category.similarity) as facts
            from request
            inner join public.content_assets on request.target_id = content_assets.id
            left join near_category on request.target_id = near_category.target_id
            where request.kind = 'categorize_content'
            offset 0
        ) as stored
    ),
    program as materialized (
        select
            automation_rules.id,
            automation_rules.workspace_id,
            private.rule_program(automation_rules.conditions) as program
        from public.automation_rules
        where
            automation_rules.enabled
            and automation_rules.rule_type = 'categorization'
            and automation_rules.workspace_id in (select described.workspace_id from described)
    ),
    matched as materialized (
        select
            described.target_id,
            jsonb_agg(program.id) as found
        from described
        inner join program on described.workspace_id = program.workspace_id
        where private.rule_holds(program.program, described.ready_facts)
        group by described.target_id
    )
    select
        jsonb_object_agg(
            request.target_id,
            jsonb_build_object(
                'workspace_id', request.workspace_id,
                'facts', facts.facts,
                'category', facts.category,
                'sources', facts.sources,
                'rejected_tags', facts.rejected_tags,
                'human_tags', facts.human_tags,
                'matched_rules', facts.matched_rules,
                'categories', coalesce(near_category.found, '[]'),
                'tags', coalesce(near_tag.found, '[]'),
                'neighbors', coalesce(neighbor.found, '[]'),
                'trained', coalesce(trained.found, '[]')
            )
        )
    into items
    from request
    left join near_category on request.target_id = near_category.target_id
    left join near_tag on request.target_id = near_tag.target_id
    left join neighbor on request.target_id = neighbor.target_id
    left join trained on request.target_id = trained.target_id
    left join lateral (
        select
            described.facts,
            content_assets.primary_category as category,
            jsonb_build_object(
                'category', content_assets.category_source,
                'sentiment', content_assets.sentiment_source,
                'audience', content_assets.audience_source
            ) as sources,
            (
                select coalesce(jsonb_agg(content_asset_tags.tag_id), '[]')
                from public.content_asset_tags
                where
                    content_asset_tags.content_asset_id = content_assets.id
                    and content_asset_tags.state = 'rejected'
            ) as rejected_tags,
            (
                select coalesce(jsonb_agg(content_asset_tags.tag_id), '[]')
                from public.content_asset_tags
                where
                    content_asset_tags.content_asset_id = content_assets.id
                    and content_asset_tags.state = 'applied'
                    and content_asset_tags.source = 'human'
            ) as human_tags,
            coalesce(matched.found, '[]') as matched_rules
        from described
        inner join public.content_assets on described.target_id = content_assets.id
        left join matched on described.target_id = matched.target_id
        where
            request.kind = 'categorize_content'
            and described.target_id = request.target_id
        union all
        select
            null,
            campaigns.primary_category,
            jsonb_build_object('category', campaigns.category_source),
            '[]',
            '[]',
            '[]'
        from public.campaigns
        where
            request.kind = 'categorize_campaign'
            and campaigns.id = request.target_id
    ) as facts on true;

    select
        jsonb_object_agg(
            workspaces.id,
            private.vocabulary(workspaces.id, categorization_context.known ->> workspaces.id::text)
        )
    into workspaces
    from public.workspaces
    where
        workspaces.id in (
            select (item.value ->> 'workspace_id')::uuid
            from jsonb_each(items) as item
        );

    return jsonb_build_object('workspaces', coalesce(workspaces, '{}'), 'items', coalesce(items, '{}'));
end
$$;
comment on function public.categorization_context is
'Everything a worker needs to decide a batch, in one answer.

Per asset the matching rules, the nearest categories, tags and confirmed assets, and the trained scores; per workspace
its vocabulary and rules. For workers only.';
revoke execute on function public.categorization_context from public, anon, authenticated;
grant execute on function public.categorization_context to service_role;
