create function private.tg_content_assets__enqueue_edited()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text := private.asset_text(old.content, old.prompt, old.alt_text, old.file_path);
    new_text text := private.asset_text(new.content, new.prompt, new.alt_text, new.file_path);
begin
    if new_text is distinct from old_text then
        perform private.queue_job(new.workspace_id, 'categorize_content', new.id, private.content_hash(new_text));
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__enqueue_edited is
'Queues an asset whose text changed; an equal text does nothing.';
revoke execute on function private.tg_content_assets__enqueue_edited from public, anon, authenticated, service_role;
