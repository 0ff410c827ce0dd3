create function private.record_human(
    workspace_id uuid,
    content_asset_id uuid,
    campaign_id uuid,
    field text,
    label text,
    previous_label text,
    -- null for the usual one
    reason text default null
)
    returns void
    language sql
    security definer  -- history is written by functions only
    set search_path = ''
as $$
    insert into public.categorizations
    (workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, judged_id, reasons,
        outcome, vocabulary_version, decided_by, created_at)
    select
        record_human.workspace_id,
        record_human.content_asset_id,
        record_human.campaign_id,
        record_human.field,
        record_human.label,
        record_human.previous_label,
        'human',
        case when last.source is distinct from 'human' then last.id end,
        jsonb_build_array(
            case
                when record_human.reason is not null then record_human.reason
                when record_human.label is not null and record_human.label = record_human.previous_label
                    then 'confirmed by a person'
                when record_human.label is not null then 'set by a person'
                when record_human.previous_label is null then 'left empty by a person'
                else 'cleared by a person'
            end
        ),
        'applied',
        workspaces.vocabulary_version,
        (select auth.uid()),
        -- not when the transaction began: a machine may have answered since, and this is said of its answer
        clock_timestamp()
    from public.workspaces
    left join lateral (
        select
            categorizations.id,
            categorizations.source
        from public.categorizations
        where
            categorizations.workspace_id = record_human.workspace_id
            and (
                categorizations.content_asset_id = record_human.content_asset_id
                or categorizations.campaign_id = record_human.campaign_id
            )
            and categorizations.field = record_human.field
            and categorizations.outcome <> 'kept_human'
            -- of other fields a machine that is silent writes nothing, so its last word may be an old one
            and (record_human.field = 'category' or record_human.previous_label is not null)
        order by categorizations.created_at desc, categorizations.id desc
        limit 1
    ) as last on true
    where workspaces.id = record_human.workspace_id;
$$;
comment on function private.record_human is
'Adds a person''s decision to the history, with the machine''s answer that it confirms or corrects.';
revoke execute on function private.record_human from public, anon, authenticated, service_role;
