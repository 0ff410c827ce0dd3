create function public.review_rows(
    workspace_id uuid,
    -- rows to return, those that wait longest; values outside 1..1000 are clamped
    match_count integer default 400
)
    -- of content nobody was sure about, with its vector, so that the caller can tell what is like what
    returns table (
        id uuid,
        text text,
        candidate text,
        score real,
        reasons jsonb,
        waiting_since timestamptz,
        embedding extensions.vector,
        content_hash text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        content_assets.id,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        decisions.candidate,
        decisions.score,
        coalesce(decisions.reasons, '[]'),
        coalesce(decisions.created_at, content_assets.updated_at) as waiting_since,
        content_assets.embedding,
        content_assets.content_hash
    from public.content_assets
    left join lateral (
        select
            categorizations.candidate,
            categorizations.score,
            categorizations.reasons,
            categorizations.created_at
        from public.categorizations
        where
            categorizations.workspace_id = content_assets.workspace_id
            and categorizations.content_asset_id = content_assets.id
            and categorizations.field = 'category'
        order by categorizations.created_at desc, categorizations.id desc
        limit 1
    ) as decisions on true
    where
        content_assets.workspace_id = review_rows.workspace_id
        and content_assets.label_state = 'review'
        -- rightly empty, a person said
        and content_assets.category_source is distinct from 'human'
    order by waiting_since, content_assets.id
    limit least(greatest(review_rows.match_count, 1), 1000);
$$;
comment on function public.review_rows is
'What waits for a person, the longest first, for `campaignbase review` to put into the order of what it would teach.

The view review_queue tells the same rows, and failed ones, with more about each.';
revoke execute on function public.review_rows from public, anon;
grant execute on function public.review_rows to authenticated, service_role;
