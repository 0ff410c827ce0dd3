create function public.pending_embeddings(
    -- of workspaces whose vectors it makes, and of those that have none yet
    model text,
    -- texts at most; clamped to 1..500
    batch integer default 100,
    -- for that long nobody else is given these texts; clamped to 1..600
    hold_seconds integer default 60
)
    returns table (
        workspace_id uuid,
        -- categorize_content or categorize_campaign
        kind text,
        target_id uuid,
        content_hash text,
        target_text text
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    wanted integer := least(greatest(coalesce(pending_embeddings.batch, 100), 1), 500);
    until timestamptz := moment
        + make_interval(secs => least(greatest(coalesce(pending_embeddings.hold_seconds, 60), 1), 600));
begin
    return query
    -- a loose index scan: one step a workspace
    with recursive alive as (
        (
            select jobs.workspace_id
            from private.jobs
            where jobs.state <> 'dead'
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > alive.workspace_id
            order by jobs.workspace_id
            limit 1
        )
        from alive
        where alive.workspace_id is not null
    ),
    ready as materialized (
        select workspaces.id
        from alive
        inner join public.workspaces on alive.workspace_id = workspaces.id
        where
            (workspaces.embedding_model is null or workspaces.embedding_model = pending_embeddings.model)
            and exists (
                select
                from private.jobs
                where
                    jobs.state = 'waiting'
                    and jobs.workspace_id = workspaces.id
                    and jobs.priority = 1
                    and jobs.content_hash is not null
                    and (jobs.embedding_until is null or jobs.embedding_until <= moment)
            )
        order by random()
        limit wanted
    ),
    picked as materialized (
        select locked.id
        from ready
        cross join lateral (
            select jobs.id
            from private.jobs
            where
                -- what a worker leased it embeds itself
                jobs.state = 'waiting'
                and jobs.workspace_id = ready.id
                and jobs.priority = 1
                and jobs.content_hash is not null
                and (jobs.embedding_until is null or jobs.embedding_until <= moment)
            order by jobs.run_at
            limit (select ceil(wanted::numeric / greatest(count(*), 1))::integer from ready)
            for update skip locked
        ) as locked
        limit wanted
    ),
    found as materialized (
        select
            jobs.id,
            jobs.workspace_id,
            jobs.kind,
            jobs.target_id,
            jobs.content_hash,
            target.target_text,
            target.is_there
        from picked
        inner join private.jobs on picked.id = jobs.id
        inner join public.workspaces on jobs.workspace_id = workspaces.id
        inner join lateral (
            select
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ) as target_text,
                coalesce(
                    content_assets.content_hash = jobs.content_hash
                    and content_assets.embedding_model = workspaces.embedding_model,
                    false
                ) as is_there
            from public.content_assets
            where jobs.kind = 'categorize_content' and content_assets.id = jobs.target_id
            union all
            select
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                ),
                coalesce(
                    campaigns.content_hash = jobs.content_hash
                    and campaigns.embedding_model = workspaces.embedding_model,
                    false
                )
            from public.campaigns
            where jobs.kind = 'categorize_campaign' and campaigns.id = jobs.target_id
        ) as target on true
    ),
    held as (
        update private.jobs
        set embedding_until = case when found.is_there then '9999-12-31' else until end
        from found
        where jobs.id = found.id
    )
    select
        found.workspace_id,
        found.kind,
        found.target_id,
        found.content_hash,
        found.target_text
    from found
    where not found.is_there
    order by found.id;
end
$$;
comment on function public.pending_embeddings is
'Texts of content and campaigns that wait for a vector, spread over workspaces.

No lease is taken: the jobs stay claimable by workers, and write_embeddings writes only where the text is still the one
that was read. For the edge function `embed`.';
revoke execute on function public.pending_embeddings from public, anon, authenticated;
grant execute on function public.pending_embeddings to service_role;
