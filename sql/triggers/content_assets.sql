create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.content_assets
for each row execute function private.tg__fill_workspace();

create trigger _200_mark_human
before insert or update on public.content_assets
for each row execute function private.tg_content_assets__mark_human();

create trigger _300_requeue
before update of content, prompt, alt_text, file_path on public.content_assets
for each row execute function private.tg_content_assets__requeue();

create trigger _400_set_updated_at
before update on public.content_assets
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__enqueue();

create trigger _500_enqueue_edited
after update of content, prompt, alt_text, file_path on public.content_assets
for each row execute function private.tg_content_assets__enqueue_edited();

create trigger _510_dequeue
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg__dequeue('categorize_content');

create trigger _600_record_human_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__record_human();

create trigger _600_record_human_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__record_human();

create trigger _700_count_usage_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _700_count_usage_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _700_count_usage_delete
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg_content_assets__count_usage();

create trigger _800_sum_cost_insert
after insert on public.content_assets
referencing new table as new_rows
for each statement execute function private.tg_content_assets__sum_cost();

create trigger _800_sum_cost_update
after update on public.content_assets
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_assets__sum_cost();

create trigger _800_sum_cost_delete
after delete on public.content_assets
referencing old table as old_rows
for each statement execute function private.tg_content_assets__sum_cost();
