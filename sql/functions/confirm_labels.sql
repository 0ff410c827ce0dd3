create function private.confirm_labels(
    -- content or campaigns; those the caller may not write are passed over
    target_ids uuid[],
    -- of category, sentiment, audience; a campaign has a category alone
    fields text[]
)
    returns void
    language plpgsql
    security definer  -- writes machine columns and history, which callers may only read; membership is checked
    set search_path = ''
as $$
declare
    everything boolean := private.caller_is_service();
begin
    perform set_config('campaignbase.actor', 'confirm', true);
    with
    confirmed as (
        select content_assets.*
        from public.content_assets
        where
            content_assets.id = any(confirm_labels.target_ids)
            and (
                everything
                or content_assets.workspace_id in (select private.caller_editable_workspace_ids())
            )
            and (
                ('category' = any(fields) and content_assets.category_source is distinct from 'human')
                or ('sentiment' = any(fields) and content_assets.sentiment_source is distinct from 'human')
                or ('audience' = any(fields) and content_assets.audience_source is distinct from 'human')
            )
        order by content_assets.id
        for no key update
    ),
    recorded as (
        select
            confirmed.id,
            private.record_human(confirmed.workspace_id, confirmed.id, null, field.name, field.label, field.label)
        from confirmed
        cross join lateral (
            values
            ('category', confirmed.primary_category, confirmed.category_source),
            ('sentiment', confirmed.sentiment, confirmed.sentiment_source),
            ('audience', confirmed.target_audience, confirmed.audience_source)
        ) as field (name, label, source)
        where
            field.name = any(confirm_labels.fields)
            and field.source is distinct from 'human'
    ),
    written as (
        select distinct recorded.id from recorded
    )
    update public.content_assets
    set
        category_source = case
            when 'category' = any(confirm_labels.fields) then 'human'
            else content_assets.category_source
        end,
        confirmed_at = case
            when
                'category' = any(confirm_labels.fields)
                and content_assets.category_source is distinct from 'human'
                and content_assets.primary_category is not null
                then clock_timestamp()
            else content_assets.confirmed_at
        end,
        label_state = case
            when 'category' <> all(confirm_labels.fields) or content_assets.label_state = 'queued'
                then content_assets.label_state
            when content_assets.primary_category is null then 'review'
            else 'labeled'
        end,
        sentiment_source = case
            when 'sentiment' = any(confirm_labels.fields) then 'human'
            else content_assets.sentiment_source
        end,
        audience_source = case
            when 'audience' = any(confirm_labels.fields) then 'human'
            else content_assets.audience_source
        end
    from written
    where content_assets.id = written.id;

    with
    confirmed as (
        select campaigns.*
        from public.campaigns
        where
            campaigns.id = any(confirm_labels.target_ids)
            and 'category' = any(confirm_labels.fields)
            and campaigns.category_source is distinct from 'human'
            and (everything or campaigns.workspace_id in (select private.caller_editable_workspace_ids()))
        order by campaigns.id
        for no key update
    ),
    recorded as (
        select
            confirmed.id,
            private.record_human(
                confirmed.workspace_id, null, confirmed.id, 'category', confirmed.primary_category,
                confirmed.primary_category
            )
        from confirmed
    ),
    written as (
        select distinct recorded.id from recorded
    )
    update public.campaigns
    set
        category_source = 'human',
        confirmed_at = case when campaigns.primary_category is not null then clock_timestamp() end,
        label_state = case
            when campaigns.label_state = 'queued' then 'queued'
            when campaigns.primary_category is null then 'review'
            else 'labeled'
        end
    from written
    where campaigns.id = written.id;
    perform set_config('campaignbase.actor', '', true);
end
$$;
comment on function private.confirm_labels is
'A person says that a label is right as it stands, or rightly empty: from now on it is hers.';
revoke execute on function private.confirm_labels from public, anon;
grant execute on function private.confirm_labels to authenticated, service_role;
