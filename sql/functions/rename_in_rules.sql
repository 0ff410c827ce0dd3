create function private.rename_in_rules(
    workspace_id uuid,
    -- else categories
    are_tags boolean,
    old_name text,
    new_name text
)
    -- how many rules named it
    returns integer
    language plpgsql
    set search_path = ''
as $$
declare
    fields constant text[] := case
        when are_tags then array['tag', 'target_audience', 'add_tags', 'remove_tags', 'set_audience']
        else array['category', 'add_category']
    end;
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
    changed integer;
begin
    perform set_config('campaignbase.actor', 'rename', true);
    update public.automation_rules
    set
        conditions = renamed.conditions,
        actions = renamed.actions
    from (
        select
            automation_rules.id,
            private.rule_renamed(
                automation_rules.conditions, fields, rename_in_rules.old_name, rename_in_rules.new_name, are_tags
            ) as conditions,
            private.rule_renamed(
                automation_rules.actions, fields, rename_in_rules.old_name, rename_in_rules.new_name, are_tags
            ) as actions
        from public.automation_rules
        where automation_rules.workspace_id = rename_in_rules.workspace_id
    ) as renamed
    where
        automation_rules.id = renamed.id
        and (automation_rules.conditions, automation_rules.actions)
        is distinct from (renamed.conditions, renamed.actions);
    get diagnostics changed = row_count;
    perform set_config('campaignbase.actor', actor, true);
    return changed;
end
$$;
comment on function private.rename_in_rules is
'Carries the new name of a category or tag into the rules that name it, or the name of the one it was merged into.';
revoke execute on function private.rename_in_rules from public, anon, authenticated, service_role;
