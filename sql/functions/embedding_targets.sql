create function private.embedding_targets(
    -- as write_embeddings takes them
    vectors jsonb
)
    returns table (
        kind text,
        target_id uuid,
        -- null when the row is gone
        workspace_id uuid,
        content_hash text,
        embedding extensions.vector,
        embedding_model text,
        retry_after double precision,
        -- the row's text is still the one that was read
        is_current boolean,
        -- and its vector is there already
        is_there boolean
    )
    language sql
    stable
    set search_path = ''
as $$
    select
        item.kind,
        item.target_id,
        target.workspace_id,
        item.content_hash,
        item.embedding::extensions.vector,
        item.embedding_model,
        item.retry_after,
        coalesce(private.content_hash(target.target_text) = item.content_hash, false),
        coalesce(
            target.content_hash = item.content_hash
            and target.embedding_model = workspaces.embedding_model,
            false
        )
    from jsonb_to_recordset(embedding_targets.vectors) as item (
        kind text, target_id uuid, content_hash text, embedding text, embedding_model text,
        retry_after double precision
    )
    left join lateral (
        select
            content_assets.workspace_id,
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model
        from public.content_assets
        where item.kind = 'categorize_content' and content_assets.id = item.target_id
        union all
        select
            campaigns.workspace_id,
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model
        from public.campaigns
        where item.kind = 'categorize_campaign' and campaigns.id = item.target_id
    ) as target on true
    left join public.workspaces on target.workspace_id = workspaces.id;
$$;
comment on function private.embedding_targets is
'The rows that vectors were made for, and whether each is still what it was.';
revoke execute on function private.embedding_targets from public, anon, authenticated;
grant execute on function private.embedding_targets to service_role;
