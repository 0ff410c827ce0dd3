create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.content_assets
for each row execute function private.tg__fill_workspace();

create trigger _200_mark_human
before insert or update on public.content_assets
for each row execute function private.tg_content_assets__mark_human();

create trigger _250_stamp_approval
before update on public.content_assets
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__stamp_approval();

create trigger _260_reset_approval
before update of content, prompt, alt_text, file_path, file_url on public.content_assets
for each row
when (
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is distinct from (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
)
execute function private.tg__reset_approval();

create trigger _300_requeue
before update of content, prompt, alt_text, file_path on public.content_assets
for each row execute function private.tg_content_assets__requeue();

create trigger _300_check_embedding
before insert or update of embedding on public.content_assets
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

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

create trigger _650_record_approval
after update on public.content_assets
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__record_approval();

create trigger _660_reset_posts
after update of content, prompt, alt_text, file_path, file_url on public.content_assets
for each row
when (
    (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is distinct from (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
)
execute function private.tg_content_assets__reset_posts();

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

create trigger _650_check_golden_insert
after insert on public.content_assets
for each row when (new.golden)
execute function private.tg_content_assets__check_golden();

create trigger _650_check_golden_update
after update of golden, primary_category, confirmed_at, content, prompt, alt_text, file_path
on public.content_assets
for each row when (new.golden)
execute function private.tg_content_assets__check_golden();
