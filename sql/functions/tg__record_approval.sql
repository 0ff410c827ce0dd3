create function private.tg__record_approval()
    returns trigger
    language plpgsql
    security definer  -- history is written by functions only, and private.jobs is not for callers
    set search_path = ''
as $$
begin
    insert into public.approvals
    (workspace_id, content_asset_id, social_post_id, previous_approval, approval, rule, note, decided_by)
    values (
        new.workspace_id,
        case when tg_table_name = 'content_assets' then new.id end,
        case when tg_table_name = 'social_posts' then new.id end,
        case tg_op when 'INSERT' then 'none' else old.approval end,
        new.approval,
        new.approval_rule,
        new.approval_note,
        new.approval_by
    );
    -- what waited for a person may be scheduled now
    if
        tg_table_name = 'content_assets'
        and new.approval = 'approved'
        and not private.acting_machine()
        and exists (
            select
            from public.content_assets
            where
                content_assets.id = new.id
                and content_assets.label_state <> 'queued'
        )
        and exists (
            select
            from public.automation_rules
            where
                automation_rules.workspace_id = new.workspace_id
                and automation_rules.rule_type = 'scheduling'
                and automation_rules.enabled
        )
    then
        perform private.queue_content(array[new.id]);
    end if;
    return null;
end
$$;
comment on function private.tg__record_approval is
'Writes each change of an approval into the history, and lets the rules that schedule look again at what was approved.';
revoke execute on function private.tg__record_approval from public, anon, authenticated, service_role;
