create function private.backfill_rows(
    -- categorize_content or categorize_campaign
    kind text,
    ids uuid[]
)
    -- by id
    returns table (
        target_id uuid,
        workspace_id uuid,
        target_text text,
        -- of that text
        content_hash text,
        -- of the workspace; null until the first vector is written
        embedding_model text,
        -- the stored vector where hash and model still match, else null
        embedding extensions.vector
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
        told.workspace_id,
        told.target_text,
        private.content_hash(told.target_text),
        workspaces.embedding_model,
        case
            when
                told.content_hash = private.content_hash(told.target_text)
                and told.embedding_model = workspaces.embedding_model
                then told.embedding
        end
    from (
        select
            content_assets.id,
            content_assets.workspace_id,
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model,
            content_assets.embedding
        from public.content_assets
        where
            backfill_rows.kind = 'categorize_content'
            and content_assets.id = any(backfill_rows.ids)
        union all
        select
            campaigns.id,
            campaigns.workspace_id,
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model,
            campaigns.embedding
        from public.campaigns
        where
            backfill_rows.kind = 'categorize_campaign'
            and campaigns.id = any(backfill_rows.ids)
    ) as told
    inner join public.workspaces on told.workspace_id = workspaces.id
    order by told.id;
end
$$;
comment on function private.backfill_rows is 'What a worker must read to label these rows.';
revoke execute on function private.backfill_rows from public, anon, authenticated;
grant execute on function private.backfill_rows to service_role;
