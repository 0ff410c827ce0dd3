create function private.campaign_neighbors(
    workspace_id uuid,
    -- not itself
    target_id uuid,
    content_hash text,
    -- unit length
    embedding extensions.vector
)
    -- [{"id", "category_id", "similarity", "equal", "tags", "audience", "text"}]; null: there are none
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
begin
    return (
        select
            jsonb_agg(
                jsonb_build_object(
                    'id', nearest.id,
                    'category_id', nearest.category_id,
                    'similarity', nearest.similarity,
                    'equal', nearest.content_hash = campaign_neighbors.content_hash,
                    'tags', '[]'::jsonb,
                    'audience', null,
                    'text', left(nearest.campaign_text, 400)
                )
                order by nearest.similarity desc, nearest.id
            )
        from (
            select
                campaigns.id,
                campaigns.content_hash,
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                ) as campaign_text,
                categories.id as category_id,
                1 - (campaigns.embedding operator(extensions.<=>) campaign_neighbors.embedding) as similarity
            from public.campaigns
            inner join public.categories
                on
                    campaigns.workspace_id = categories.workspace_id
                    and campaigns.primary_category = categories.name
            where
                campaigns.workspace_id = campaign_neighbors.workspace_id
                and campaigns.id <> campaign_neighbors.target_id
                and campaigns.confirmed_at is not null
                and campaigns.embedding is not null
            order by campaigns.embedding operator(extensions.<=>) campaign_neighbors.embedding
            limit 10
        ) as nearest
    );
end
$$;
comment on function private.campaign_neighbors is
'The confirmed campaigns nearest in meaning.';
revoke execute on function private.campaign_neighbors from public, anon, authenticated;
grant execute on function private.campaign_neighbors to service_role;
