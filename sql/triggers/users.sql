create trigger _500_create_campaignbase_workspace
after insert on auth.users
for each row execute function private.tg_users__create_workspace();

create trigger _510_create_campaignbase_workspace
after update of is_anonymous on auth.users
for each row
when (old.is_anonymous and not new.is_anonymous)
execute function private.tg_users__create_workspace();

create trigger _520_create_campaignbase_workspace
after update of email_confirmed_at on auth.users
for each row
when (old.email_confirmed_at is null and new.email_confirmed_at is not null)
execute function private.tg_users__create_workspace();
