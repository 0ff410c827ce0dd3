create function private.tg_content_assets__requeue()
    returns trigger
    language plpgsql
    security definer  -- writes machine columns that the caller may not
    set search_path = ''
as $$
begin
    if
        private.asset_text(new.content, new.prompt, new.alt_text, new.file_path)
        is distinct from private.asset_text(old.content, old.prompt, old.alt_text, old.file_path)
    then
        new.label_state := 'queued';
        new.revision_count := old.revision_count + 1;
    end if;
    return new;
end
$$;
comment on function private.tg_content_assets__requeue is
'Counts a change of the text and marks the row as waiting for labels.';
revoke execute on function private.tg_content_assets__requeue from public, anon, authenticated, service_role;
