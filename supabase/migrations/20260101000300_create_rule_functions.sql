-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what a rule may say, and whether it matches
-- Touches:  function private.asset_facts
-- Mirrors:  sql/functions/asset_facts.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/asset_facts.sql
create function private.asset_facts(
    asset public.content_assets,
    -- of the nearest category; null without a vector
    similarity double precision
)
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'text', described.text,
            'content_type', asset.asset_type,
            'campaign_type', campaigns.campaign_type,
            'platforms', coalesce(to_jsonb(campaigns.target_platforms), '[]'),
            'generator', asset.generator,
            'language', asset.language,
            'category', asset.primary_category,
            'tags', to_jsonb(asset.tags),
            'sentiment', asset.sentiment,
            'target_audience', asset.target_audience,
            'quality_score', asset.quality_score,
            'word_count', private.word_count(described.text),
            'similarity', asset_facts.similarity
        )
    from (
        select
            coalesce(
                private.asset_text(asset.content, asset.prompt, asset.alt_text, asset.file_path), ''
            ) as text
    ) as described
    left join public.campaigns on campaigns.id = asset.campaign_id;
$$;
comment on function private.asset_facts is 'What a rule may ask about an asset, as it is stored now.';
revoke execute on function private.asset_facts from public, anon;
grant execute on function private.asset_facts to authenticated, service_role;
