create trigger _050_refuse_used
before delete on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__refuse_used();

create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.webhook_endpoints
for each row execute function private.tg__fill_workspace();

create trigger _200_validate
before insert or update of name, url, events, enabled on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__validate();

create trigger _400_set_updated_at
before update of url, events, enabled on public.webhook_endpoints
for each row execute function private.tg__set_updated_at();

create trigger _500_add_secret
after insert on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__add_secret();
