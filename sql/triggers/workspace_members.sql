create trigger _050_keep_owner_update
after update on public.workspace_members
referencing old table as old_rows
for each statement execute function private.tg_workspace_members__keep_owner();

create trigger _050_keep_owner_delete
after delete on public.workspace_members
referencing old table as old_rows
for each statement execute function private.tg_workspace_members__keep_owner();
