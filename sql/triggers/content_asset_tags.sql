create trigger _700_count_usage_insert
after insert on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _700_count_usage_update
after update on public.content_asset_tags
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _700_count_usage_delete
after delete on public.content_asset_tags
referencing old table as old_rows
for each statement execute function private.tg_content_asset_tags__count_usage();

create trigger _800_mirror_insert
after insert on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__mirror();

create trigger _800_mirror_update
after update on public.content_asset_tags
referencing new table as new_rows
for each statement execute function private.tg_content_asset_tags__mirror();

create trigger _800_mirror_delete
after delete on public.content_asset_tags
referencing old table as old_rows
for each statement execute function private.tg_content_asset_tags__mirror();
