create function private.requeue_strangers(workspace_id uuid)
    -- rows that lost a vector of another model and wait for the right one
    returns integer
    language plpgsql
    security invoker
    set search_path = ''
as $$
declare
    found bigint;
begin
    perform set_config('campaignbase.actor', 'machine', true);
    with home as (
        select
            workspaces.id,
            workspaces.embedding_model
        from public.workspaces
        where workspaces.id = requeue_strangers.workspace_id
    ),
    emptied as (
        update public.content_assets
        set
            embedding = null,
            embedding_model = null
        from home
        where
            content_assets.workspace_id = home.id
            and content_assets.embedding_model <> home.embedding_model
        returning
            'categorize_content' as kind,
            content_assets.id,
            private.content_hash(
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                )
            ) as content_hash
    ),
    emptied_campaigns as (
        update public.campaigns
        set
            embedding = null,
            embedding_model = null
        from home
        where
            campaigns.workspace_id = home.id
            and campaigns.embedding_model <> home.embedding_model
        returning
            'categorize_campaign' as kind,
            campaigns.id,
            private.content_hash(
                private.campaign_text(
                    campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                    campaigns.cta_pattern
                )
            ) as content_hash
    ),
    emptied_categories as (
        update public.categories
        set
            embedding = null,
            embedding_model = null
        from home
        where
            categories.workspace_id = home.id
            and categories.embedding_model <> home.embedding_model
        returning
            'embed_category' as kind,
            categories.id,
            private.content_hash(
                private.label_text(categories.name, categories.description, categories.keywords)
            ) as content_hash
    ),
    emptied_tags as (
        update public.tags
        set
            embedding = null,
            embedding_model = null
        from home
        where
            tags.workspace_id = home.id
            and tags.embedding_model <> home.embedding_model
        returning
            'embed_tag' as kind,
            tags.id,
            private.content_hash(private.label_text(tags.name, tags.description, tags.keywords)) as content_hash
    ),
    everything as (
        select * from emptied
        union all
        select * from emptied_campaigns
        union all
        select * from emptied_categories
        union all
        select * from emptied_tags
    ),
    queued as (
        insert into private.jobs (workspace_id, kind, target_id, content_hash)
        select
            requeue_strangers.workspace_id,
            everything.kind,
            everything.id,
            everything.content_hash
        from everything
        order by
            everything.kind,
            everything.id
        on conflict on constraint jobs_target_is_unique do update
        set
            state = 'waiting',
            attempt = jobs.attempt + 1,
            run_at = clock_timestamp(),
            leased_by = null
        returning jobs.id
    )
    select count(*) into found from queued;
    perform set_config('campaignbase.actor', '', true);
    return found;
end
$$;
comment on function private.requeue_strangers is
'Rows whose vector is another model''s than their workspace''s lose it, and wait for a worker to make the right one.';
revoke execute on function private.requeue_strangers from public, anon, authenticated;
grant execute on function private.requeue_strangers to service_role;
