create trigger _100_fill_workspace
before insert or update of workspace_id on public.automation_rules
for each row execute function private.tg__fill_workspace();

create trigger _400_set_updated_at
before update of name, rule_type, conditions, actions, priority, enabled on public.automation_rules
for each row execute function private.tg__set_updated_at();
