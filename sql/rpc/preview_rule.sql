create function public.preview_rule(
    -- of a rule, as automation_rules takes them
    conditions jsonb,
    -- null: all the caller may see
    workspace_id uuid default null,
    -- rows to return; values outside 1..1000 are clamped
    match_count integer default 100
)
    -- newest first
    returns table (
        id uuid,
        content text,
        primary_category text,
        tags text[],
        created_at timestamptz
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
    program := private.rule_program(preview_rule.conditions);
    asks_similarity := program @? '$.**[*] ? (@ == "similarity")';
    for asset in
        select *
        from public.content_assets
        where preview_rule.workspace_id is null or content_assets.workspace_id = preview_rule.workspace_id
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
            id := asset.id;
            content := private.asset_text(
                asset.content, asset.prompt, asset.alt_text, asset.file_path
            );
            primary_category := asset.primary_category;
            tags := asset.tags;
            created_at := asset.created_at;
            return next;
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
