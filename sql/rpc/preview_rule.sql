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
