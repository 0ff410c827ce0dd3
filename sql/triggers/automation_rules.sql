create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.automation_rules
for each row execute function private.tg__fill_workspace();

create trigger _200_validate
before insert or update of rule_type, conditions, actions on public.automation_rules
for each row execute function private.tg_automation_rules__validate();

create trigger _400_set_updated_at
before update of name, rule_type, conditions, actions, priority, enabled on public.automation_rules
for each row execute function private.tg__set_updated_at();

create trigger _500_name_tags
after insert or update of actions, enabled on public.automation_rules
for each row execute function private.tg_automation_rules__name_tags();
