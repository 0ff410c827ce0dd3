create function public.explain_labels(
    -- an id of content or a campaign, or a beginning of at least 4 characters that only one has
    target text
)
    -- {"asset": {...} or null, "campaign": {...} or null, "tags": [...], "decisions": [...], "job": {...} or null};
    -- rows as their tables hold them, without vectors; decisions newest first
    returns jsonb
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    key uuid := private.find_target(explain_labels.target);
begin
    return jsonb_build_object(
        'asset',
        (
            select to_jsonb(content_assets) - 'embedding'
            from public.content_assets
            where content_assets.id = key
        ),
        'campaign',
        (
            select
                to_jsonb(campaigns) - 'embedding' || jsonb_build_object(
                    'content_count',
                    (
                        select count(*)
                        from public.content_assets
                        where content_assets.campaign_id = campaigns.id
                    )
                )
            from public.campaigns
            where campaigns.id = key
        ),
        'tags',
        (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'name', tags.name, 'tag_type', tags.tag_type, 'source', links.source,
                            'score', links.score, 'reason', links.reason, 'state', links.state
                        )
                        order by
                            links.state,
                            (links.source = 'human') desc,
                            links.score desc nulls last,
                            tags.name collate "C"
                    ),
                    '[]'
                )
            from public.content_asset_tags as links
            inner join public.tags on links.tag_id = tags.id
            where links.content_asset_id = key
        ),
        'decisions',
        (
            select
                coalesce(
                    jsonb_agg(
                        to_jsonb(categorizations)
                        order by categorizations.created_at desc, categorizations.field
                    ),
                    '[]'
                )
            from public.categorizations
            where
                categorizations.content_asset_id = key
                or categorizations.campaign_id = key
        ),
        'job',
        (select to_jsonb(job) from private.label_job(key) as job)
    );
end
$$;
comment on function public.explain_labels is
'Everything that was decided about content or a campaign: its labels with their reasons, and the whole history.';
revoke execute on function public.explain_labels from public, anon;
grant execute on function public.explain_labels to authenticated, service_role;
