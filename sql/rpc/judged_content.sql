create function public.judged_content(
    workspace_id uuid,
    -- of a rule: rows it hits are answered too; null: none
    conditions jsonb default null,
    -- read on after this id; null: from the first
    after uuid default null,
    -- rows to read at once; values outside 1..1000 are clamped
    chunk integer default 500,
    -- content of this campaign alone; null: all
    campaign_id uuid default null
)
    -- {"read": rows that were looked at, "after": the last id, null when there are no more, "rows": those that the
    -- conditions hold for or a person has judged: [{"id", "matched", "text", "category", "category_by_person",
    -- "corrected", "sentiment", "sentiment_by_person", "audience", "audience_by_person", "given_tags",
    -- "refused_tags"}]}
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    asset public.content_assets;
    program jsonb;
    similarity double precision;
    asks_similarity boolean;
    matched boolean;
    wanted constant integer := least(greatest(coalesce(judged_content.chunk, 500), 1), 1000);
    seen integer := 0;
    last uuid;
    found jsonb := '[]';
    given text[];
    refused text[];
    error text := private.rule_conditions_error(judged_content.conditions);
begin
    if judged_content.conditions is not null then
        if error is not null then
            raise exception using errcode = 'invalid_parameter_value', message = error;
        end if;
        program := private.rule_program(
            private.rule_own_names(judged_content.workspace_id, judged_content.conditions)
        );
        asks_similarity := program @? '$.**[*] ? (@ == "similarity")';
    end if;
    for asset in
        select *
        from public.content_assets
        where
            content_assets.workspace_id = judged_content.workspace_id
            and (judged_content.after is null or content_assets.id > judged_content.after)
            and (
                judged_content.campaign_id is null
                or content_assets.campaign_id = judged_content.campaign_id
            )
        order by content_assets.id
        limit wanted
    loop
        seen := seen + 1;
        last := asset.id;
        similarity := null;
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
        matched := program is not null
            and private.rule_holds(program, private.rule_facts(private.asset_facts(asset, similarity)));
        select
            coalesce(array_agg(tags.name order by tags.name collate "C") filter (where links.state = 'applied'), '{}'),
            coalesce(array_agg(tags.name order by tags.name collate "C") filter (where links.state = 'rejected'), '{}')
        into given, refused
        from public.content_asset_tags as links
        inner join public.tags on links.tag_id = tags.id
        where
            links.content_asset_id = asset.id
            and links.source = 'human';
        continue when
            not matched
            and asset.category_source is distinct from 'human'
            and asset.sentiment_source is distinct from 'human'
            and asset.audience_source is distinct from 'human'
            and given || refused = '{}';
        found := found || jsonb_build_object(
            'id', asset.id,
            'matched', matched,
            'text',
            left(private.asset_text(asset.content, asset.prompt, asset.alt_text, asset.file_path), 5000),
            'category', asset.primary_category,
            'category_by_person', coalesce(asset.category_source = 'human', false),
            'corrected',
            exists (
                select
                from public.corrections
                where
                    corrections.workspace_id = asset.workspace_id
                    and corrections.content_asset_id = asset.id
                    and corrections.field = 'category'
                    and corrections.kind in ('corrected', 'decided')
            ),
            'sentiment', asset.sentiment,
            'sentiment_by_person', coalesce(asset.sentiment_source = 'human', false),
            'audience', asset.target_audience,
            'audience_by_person', coalesce(asset.audience_source = 'human', false),
            'given_tags', to_jsonb(given),
            'refused_tags', to_jsonb(refused)
        );
    end loop;
    return jsonb_build_object(
        'read', seen, 'after', case when seen = wanted then last end, 'rows', found
    );
end
$$;
comment on function public.judged_content is
'What people said of content, chunk by chunk, and which of it a rule with these conditions hits. Nothing is written.';
revoke execute on function public.judged_content from public, anon;
grant execute on function public.judged_content to authenticated, service_role;
