create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.social_posts
for each row execute function private.tg__fill_workspace();

create trigger _400_set_updated_at
before update on public.social_posts
for each row execute function private.tg__set_updated_at();

create trigger _800_sum_cost_insert
after insert on public.social_posts
referencing new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_update
after update on public.social_posts
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_delete
after delete on public.social_posts
referencing old table as old_rows
for each statement execute function private.tg_social_posts__sum_cost();
