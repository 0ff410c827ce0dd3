create function public.claim_jobs(
    -- who asks; kept with the lease
    worker text,
    -- jobs at most; clamped to 1..500
    batch integer default 50,
    -- after that long without an answer the job is claimable again; clamped to 1..3600
    lease_seconds integer default 120,
    -- only embed_category and embed_tag, which need a vector and nothing else
    labels_only boolean default false,
    -- only of workspaces whose vectors are by one of these, or that have none yet; null: of all
    models text[] default null
)
    returns table (
        job_id bigint,
        attempt integer,
        kind text,
        workspace_id uuid,
        target_id uuid,
        content_hash text,
        -- null when there is nothing to read
        target_text text,
        -- of the workspace; null until the first vector is written
        embedding_model text,
        -- the stored vector where hash and model still match, else null
        embedding extensions.vector
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    -- workspaces are visited from a random one on, so that none waits for the others
    pivot uuid := gen_random_uuid();
    wanted integer := least(greatest(coalesce(claim_jobs.batch, 50), 1), 500);
    lease interval := make_interval(secs => least(greatest(coalesce(claim_jobs.lease_seconds, 120), 1), 3600));
begin
    perform private.bury_jobs(moment);
    return query
    -- a loose index scan: one step a workspace, stopped by the limit below
    with recursive upward as (
        (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id >= pivot
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > upward.workspace_id
            order by jobs.workspace_id
            limit 1
        )
        from upward
        where upward.workspace_id is not null
    ),
    around as (
        (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id < pivot
            order by jobs.workspace_id
            limit 1
        )
        union all
        select (
            select jobs.workspace_id
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id > around.workspace_id
                and jobs.workspace_id < pivot
            order by jobs.workspace_id
            limit 1
        )
        from around
        where around.workspace_id is not null
    ),
    ready as materialized (
        select
            alive.workspace_id,
            level.priority
        from (
            select upward.workspace_id from upward where upward.workspace_id is not null
            union all
            select around.workspace_id from around where around.workspace_id is not null
        ) as alive
        -- labels' vectors first: while one is waiting or leased, content of that workspace waits
        cross join lateral (
            select jobs.priority
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = alive.workspace_id
            order by jobs.priority
            limit 1
        ) as level
        where
            (not coalesce(claim_jobs.labels_only, false) or level.priority = 0)
            and (
                claim_jobs.models is null
                or exists (
                    select
                    from public.workspaces
                    where
                        workspaces.id = alive.workspace_id
                        and (
                            workspaces.embedding_model is null
                            or workspaces.embedding_model = any(claim_jobs.models)
                        )
                )
            )
            and exists (
                select
                from private.jobs
                where
                    jobs.state <> 'dead'
                    and jobs.workspace_id = alive.workspace_id
                    and jobs.priority = level.priority
                    and jobs.run_at <= moment
            )
        limit wanted
    ),
    picked as materialized (
        select
            locked.id,
            locked.lost,
            locked.run_at
        from ready
        cross join lateral (
            select
                jobs.id,
                jobs.state = 'leased' as lost,
                jobs.run_at
            from private.jobs
            where
                jobs.state <> 'dead'
                and jobs.workspace_id = ready.workspace_id
                and jobs.priority = ready.priority
                and jobs.run_at <= moment
                -- left to bury_jobs
                and not (jobs.state = 'leased' and jobs.failures >= private.max_failures() - 1)
            order by jobs.run_at
            limit (select ceil(wanted::numeric / greatest(count(*), 1))::integer from ready)
            for update skip locked
        ) as locked
        limit wanted
    ),
    -- What a worker took and never answered is tried alone: a row that kills its workers
    -- takes its neighbors along once, not until they are all declared dead.
    chosen as (
        select picked.id
        from picked
        where
            not exists (select from picked where picked.lost)
            or picked.id = (
                select picked.id
                from picked
                where picked.lost
                order by picked.run_at, picked.id
                limit 1
            )
    ),
    claimed as materialized (
        update private.jobs
        set
            attempt = jobs.attempt + 1,
            -- the last worker never answered
            failures = jobs.failures + case when jobs.state = 'leased' then 1 else 0 end,
            last_error = case
                when jobs.state = 'leased'
                    then format('worker %s took the job and never answered', jobs.leased_by)
                else jobs.last_error
            end,
            state = 'leased',
            leased_by = coalesce(claim_jobs.worker, 'unnamed'),
            run_at = moment + lease,
            updated_at = moment
        from chosen
        where jobs.id = chosen.id
        returning jobs.id, jobs.attempt, jobs.kind, jobs.workspace_id, jobs.target_id, jobs.content_hash
    )
    select
        claimed.id,
        claimed.attempt,
        claimed.kind,
        claimed.workspace_id,
        claimed.target_id,
        claimed.content_hash,
        target.target_text,
        workspaces.embedding_model,
        case
            when target.content_hash = claimed.content_hash and target.embedding_model = workspaces.embedding_model
                then target.embedding
        end
    from claimed
    inner join public.workspaces on claimed.workspace_id = workspaces.id
    inner join lateral (
        select
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            ) as target_text,
            content_assets.content_hash,
            content_assets.embedding_model,
            content_assets.embedding
        from public.content_assets
        where claimed.kind = 'categorize_content' and content_assets.id = claimed.target_id
        union all
        select
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            ),
            campaigns.content_hash,
            campaigns.embedding_model,
            campaigns.embedding
        from public.campaigns
        where claimed.kind = 'categorize_campaign' and campaigns.id = claimed.target_id
        union all
        select
            private.label_text(categories.name, categories.description, categories.keywords),
            categories.content_hash,
            categories.embedding_model,
            categories.embedding
        from public.categories
        where claimed.kind = 'embed_category' and categories.id = claimed.target_id
        union all
        select
            private.label_text(tags.name, tags.description, tags.keywords),
            tags.content_hash,
            tags.embedding_model,
            tags.embedding
        from public.tags
        where claimed.kind = 'embed_tag' and tags.id = claimed.target_id
    ) as target on true
    order by claimed.id;
end
$$;
comment on function public.claim_jobs is
'Take jobs to work on, under a lease.

Spread over workspaces; vectors of labels come before the content that needs them. A job whose lease ended
without an answer comes alone. For workers only.';
revoke execute on function public.claim_jobs from public, anon, authenticated;
grant execute on function public.claim_jobs to service_role;
