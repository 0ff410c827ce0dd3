create trigger _150_check_timezone
before insert or update of timezone on public.workspaces
for each row execute function private.tg_workspaces__check_timezone();

create trigger _400_set_updated_at
before update on public.workspaces
for each row execute function private.tg__set_updated_at();

create trigger _500_fill_vocabulary
after insert on public.workspaces
for each row execute function private.tg_workspaces__fill_vocabulary();
