create function private.queue_content(target_ids uuid[])
    returns integer
    language plpgsql
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
declare
    everything boolean := private.caller_is_service();
    queued integer := 0;
    found_ids uuid[];
begin
    perform set_config('campaignbase.actor', 'machine', true);
    select array_agg(locked.id) into found_ids
    from (
        select content_assets.id
        from public.content_assets
        where
            content_assets.id = any(queue_content.target_ids)
            and (
                everything
                or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
            )
        order by content_assets.id
        for no key update
    ) as locked;
    update public.content_assets
    set label_state = 'queued'
    where
        content_assets.id = any(found_ids)
        and content_assets.label_state <> 'queued';
    perform private.queue_job(
        content_assets.workspace_id,
        'categorize_content',
        content_assets.id,
        private.content_hash(
            private.asset_text(
                content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
            )
        )
    )
    from public.content_assets
    where content_assets.id = any(found_ids)
    order by content_assets.id;
    queued := coalesce(cardinality(found_ids), 0);

    select array_agg(locked.id) into found_ids
    from (
        select campaigns.id
        from public.campaigns
        where
            campaigns.id = any(queue_content.target_ids)
            and (everything or campaigns.workspace_id in (select private.caller_editable_workspace_ids()))
        order by campaigns.id
        for no key update
    ) as locked;
    update public.campaigns
    set label_state = 'queued'
    where
        campaigns.id = any(found_ids)
        and campaigns.label_state <> 'queued';
    perform private.queue_job(
        campaigns.workspace_id,
        'categorize_campaign',
        campaigns.id,
        private.content_hash(
            private.campaign_text(
                campaigns.name, campaigns.content_style, campaigns.visual_style, campaigns.hashtag_strategy,
                campaigns.cta_pattern
            )
        )
    )
    from public.campaigns
    where campaigns.id = any(found_ids)
    order by campaigns.id;
    perform set_config('campaignbase.actor', '', true);
    return queued + coalesce(cardinality(found_ids), 0);
end
$$;
comment on function private.queue_content is 'What public.queue_content does, for the rows the caller may write.';
revoke execute on function private.queue_content from public, anon;
grant execute on function private.queue_content to authenticated, service_role;
