create function private.texts_after(
    workspace_id uuid,
    -- as jobs have it
    kind text,
    after uuid,
    wanted integer
)
    -- by id
    returns table (
        target_id uuid,
        -- null when there is nothing to read
        target_text text
    )
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
begin
    return query
    select
        told.id,
        told.target_text
    from (
        (
            select
                content_assets.id,
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ) as target_text
            from public.content_assets
            where
                texts_after.kind = 'categorize_content'
                and content_assets.workspace_id = texts_after.workspace_id
                and content_assets.id > texts_after.after
            order by content_assets.id
            limit texts_after.wanted
        )
        union all
        (
            select
                campaigns.id,
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                )
            from public.campaigns
            where
                texts_after.kind = 'categorize_campaign'
                and campaigns.workspace_id = texts_after.workspace_id
                and campaigns.id > texts_after.after
            order by campaigns.id
            limit texts_after.wanted
        )
        union all
        (
            select
                categories.id,
                private.label_text(categories.name, categories.description, categories.keywords)
            from public.categories
            where
                texts_after.kind = 'embed_category'
                and categories.workspace_id = texts_after.workspace_id
                and categories.id > texts_after.after
            order by categories.id
            limit texts_after.wanted
        )
        union all
        (
            select
                tags.id,
                private.label_text(tags.name, tags.description, tags.keywords)
            from public.tags
            where
                texts_after.kind = 'embed_tag'
                and tags.workspace_id = texts_after.workspace_id
                and tags.id > texts_after.after
            order by tags.id
            limit texts_after.wanted
        )
    ) as told
    order by told.id;
end
$$;
comment on function private.texts_after is 'The next texts of one kind that have a vector, by the ids of their rows.';
revoke execute on function private.texts_after from public, anon, authenticated;
grant execute on function private.texts_after to service_role;
