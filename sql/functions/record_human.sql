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
    (workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, reasons, outcome,
        vocabulary_version, decided_by)
    select
        record_human.workspace_id,
        record_human.content_asset_id,
        record_human.campaign_id,
        record_human.field,
        record_human.label,
        record_human.previous_label,
        'human',
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
        (select auth.uid())
    from public.workspaces
    where workspaces.id = record_human.workspace_id;
$$;
comment on function private.record_human is 'Adds a person''s decision to the history.';
revoke execute on function private.record_human from public, anon, authenticated, service_role;
