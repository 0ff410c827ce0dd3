create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.categories
for each row execute function private.tg__fill_workspace();

create trigger _200_two_levels
before insert or update of parent_id on public.categories
for each row execute function private.tg_categories__two_levels();

create trigger _300_check_embedding
before insert or update of embedding on public.categories
for each row
when (abs(extensions.vector_norm(new.embedding) - 1) > 0.01)
execute function private.tg__check_embedding();

create trigger _400_set_updated_at
before update of
name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on public.categories
for each row execute function private.tg__set_updated_at();

create trigger _500_enqueue
after insert or update of name, description, keywords on public.categories
for each row execute function private.tg__enqueue_label('embed_category');

create trigger _510_dequeue
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__dequeue('embed_category');

create trigger _600_bump_vocabulary_insert
after insert on public.categories
referencing new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_update
after update on public.categories
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _600_bump_vocabulary_delete
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__bump_vocabulary();

create trigger _700_rename_in_rules
after update of name on public.categories
for each row
when (old.name is distinct from new.name)
execute function private.tg__rename_in_rules();

create trigger _050_refuse_used
before delete on public.categories
for each row execute function private.tg_categories__refuse_used();

create trigger _620_remember_removed
after delete on public.categories
referencing old table as old_rows
for each statement execute function private.tg__remember_removed('category');

create trigger _620_forget_removed
after insert or update of name, aliases on public.categories
for each row execute function private.tg__forget_removed('category');
