create function public.switch_vectors(
    backfill_id uuid,
    -- to the vectors there were before
    back boolean default false
)
    -- {"switched": rows, "queued": rows that wait for a worker to make theirs}
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
    -- of a large workspace it takes minutes, and the platform ends a statement after seconds
    set statement_timeout = 0
as $$
declare
    run public.backfills;
    old_model text;
    new_model text;
    part integer;
    switched integer := 0;
    queued integer;
    refused integer;
    -- rows that may be without a vector for a while
    few integer := 0;
begin
    select backfills.* into run
    from public.backfills
    where
        backfills.id = switch_vectors.backfill_id
        and backfills.kind = 'vectors'
        and backfills.state = case when switch_vectors.back then 'switched' else 'ready' end
    for no key update;
    if not found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = case
                when switch_vectors.back then 'there is no switch of vectors to take back'
                else 'its vectors are not complete'
            end,
            hint = case
                when switch_vectors.back then 'The way back ends with the next backfill of vectors.'
                else 'Let the backfill run on.'
            end;
    end if;
    old_model := case when switch_vectors.back then run.embedding_model else run.previous_model end;
    new_model := case when switch_vectors.back then run.previous_model else run.embedding_model end;
    perform set_config('campaignbase.actor', 'machine', true);

    -- locks in the order of complete_jobs
    perform categories.id
    from public.categories
    where categories.workspace_id = run.workspace_id
    order by categories.id
    for no key update;
    perform tags.id
    from public.tags
    where tags.workspace_id = run.workspace_id
    order by tags.id
    for no key update;
    perform content_assets.id
    from public.content_assets
    where content_assets.workspace_id = run.workspace_id
    order by content_assets.id
    for no key update;
    perform campaigns.id
    from public.campaigns
    where campaigns.workspace_id = run.workspace_id
    order by campaigns.id
    for no key update;

    if not switch_vectors.back then
        insert into private.spare_vectors
        (workspace_id, kind, target_id, embedding_model, content_hash, embedding)
        select
            run.workspace_id,
            used.kind,
            used.id,
            old_model,
            used.content_hash,
            used.embedding
        from (
            select
                'categorize_content' as kind,
                content_assets.workspace_id,
                content_assets.id,
                content_assets.content_hash,
                content_assets.embedding_model,
                content_assets.embedding
            from public.content_assets
            union all
            select
                'categorize_campaign',
                campaigns.workspace_id,
                campaigns.id,
                campaigns.content_hash,
                campaigns.embedding_model,
                campaigns.embedding
            from public.campaigns
            union all
            select
                'embed_category',
                categories.workspace_id,
                categories.id,
                categories.content_hash,
                categories.embedding_model,
                categories.embedding
            from public.categories
            union all
            select
                'embed_tag',
                tags.workspace_id,
                tags.id,
                tags.content_hash,
                tags.embedding_model,
                tags.embedding
            from public.tags
        ) as used
        where
            used.workspace_id = run.workspace_id
            and used.embedding_model = old_model
            and used.content_hash is not null
        on conflict on constraint spare_vectors_pkey do nothing;
        few := greatest(10, run.total / 100);
        refused := (
            select count(*)
            from private.spare_vectors
            inner join private.spare_vectors as used
                on
                    spare_vectors.target_id = used.target_id
                    and used.embedding_model = old_model
            where
                spare_vectors.workspace_id = run.workspace_id
                and spare_vectors.embedding_model = new_model
                and spare_vectors.embedding is null
                and used.embedding is not null
        );
        if refused > few then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('%s rows have no vector by %L, which refused their texts', refused, new_model),
                hint = 'The old vectors stay in use; cancel the backfill, see why, and start another one.';
        end if;
    end if;

    update public.content_assets
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        content_assets.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'categorize_content'
        and spare_vectors.embedding_model = new_model
        and content_assets.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            )
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.campaigns
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        campaigns.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'categorize_campaign'
        and spare_vectors.embedding_model = new_model
        and campaigns.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            )
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.categories
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        categories.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'embed_category'
        and spare_vectors.embedding_model = new_model
        and categories.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.label_text(categories.name, categories.description, categories.keywords)
        );
    get diagnostics part = row_count;
    switched := switched + part;
    update public.tags
    set
        embedding = spare_vectors.embedding,
        embedding_model = case when spare_vectors.embedding is not null then new_model end,
        content_hash = spare_vectors.content_hash
    from private.spare_vectors
    where
        tags.workspace_id = run.workspace_id
        and spare_vectors.workspace_id = run.workspace_id
        and spare_vectors.kind = 'embed_tag'
        and spare_vectors.embedding_model = new_model
        and tags.id = spare_vectors.target_id
        and spare_vectors.content_hash = private.content_hash(
            private.label_text(tags.name, tags.description, tags.keywords)
        );
    get diagnostics part = row_count;
    switched := switched + part;

    update public.workspaces
    set embedding_model = new_model
    where workspaces.id = run.workspace_id;
    queued := private.requeue_strangers(run.workspace_id);
    if not switch_vectors.back and queued > few then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('%s rows came or changed and have no vector by %L yet', queued, new_model),
            hint = 'Resume the backfill, then switch.';
    end if;
    delete from private.spare_vectors
    where
        spare_vectors.workspace_id = run.workspace_id
        and (switch_vectors.back or spare_vectors.embedding_model = new_model);
    update public.backfills
    set
        state = case when switch_vectors.back then 'rolled_back' else 'switched' end,
        -- then requeue_strangers looks once more
        run_at = clock_timestamp() + interval '1 minute',
        finished_at = clock_timestamp(),
        updated_at = clock_timestamp()
    where backfills.id = run.id;
    return jsonb_build_object('switched', switched, 'queued', queued);
end
$$;
comment on function public.switch_vectors is
'Use the vectors of a backfill, of content, campaigns, categories and tags at once, or go back. For workers only.

Until it commits everybody searches by the old ones. Those are kept for the way back, until the next backfill
of vectors.';
revoke execute on function public.switch_vectors from public, anon, authenticated;
grant execute on function public.switch_vectors to service_role;
