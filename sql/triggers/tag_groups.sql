create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.tag_groups
for each row execute function private.tg__fill_workspace();

create trigger _400_set_updated_at
before update of name, min_tags, max_tags on public.tag_groups
for each row execute function private.tg__set_updated_at();
