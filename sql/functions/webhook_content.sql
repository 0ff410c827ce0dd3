create function private.webhook_content(asset_id uuid)
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'id', content_assets.id,
            'workspace_id', content_assets.workspace_id,
            'asset_type', content_assets.asset_type,
            'campaign_id', content_assets.campaign_id,
            'source_key', content_assets.source_key,
            -- a message stays below 20 kB
            'text', left(
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ),
                2000
            ),
            'label_state', content_assets.label_state,
            'primary_category', content_assets.primary_category,
            'category_source', content_assets.category_source,
            'tags', to_jsonb(content_assets.tags[1:50]),
            'sentiment', content_assets.sentiment,
            'target_audience', content_assets.target_audience,
            'language', content_assets.language,
            'quality_score', content_assets.quality_score
        )
    from public.content_assets
    where content_assets.id = webhook_content.asset_id;
$$;
comment on function private.webhook_content is 'What a message says of an asset.';
revoke execute on function private.webhook_content from public, anon, authenticated;
grant execute on function private.webhook_content to service_role;
