create function private.tg__rename_in_rules()
    returns trigger
    language plpgsql
    security definer  -- rules follow the label whoever renamed it
    set search_path = ''
as $$
declare
    are_tags constant boolean := tg_table_name = 'tags';
    fields constant text[] := case
        when are_tags then array['tag', 'target_audience', 'add_tags', 'remove_tags', 'set_audience']
        else array['category', 'add_category']
    end;
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
begin
    perform set_config('campaignbase.actor', 'rename', true);
    update public.automation_rules
    set
        conditions = renamed.conditions,
        actions = renamed.actions
    from (
        select
            automation_rules.id,
            private.rule_renamed(automation_rules.conditions, fields, old.name, new.name, are_tags) as conditions,
            private.rule_renamed(automation_rules.actions, fields, old.name, new.name, are_tags) as actions
        from public.automation_rules
        where automation_rules.workspace_id = new.workspace_id
    ) as renamed
    where
        automation_rules.id = renamed.id
        and (automation_rules.conditions, automation_rules.actions)
        is distinct from (renamed.conditions, renamed.actions);
    perform set_config('campaignbase.actor', actor, true);
    return null;
end
$$;
comment on function private.tg__rename_in_rules is
'Carries the new name of a category or tag into the rules that name it.';
revoke execute on function private.tg__rename_in_rules from public, anon, authenticated, service_role;
