-- twin of: private.tg_content_assets__enqueue, private.tg_content_assets__enqueue_edited,
--   private.tg_content_assets__requeue, private.asset_text, private.is_blank,
--   public.content_assets._300_requeue, public.content_assets._500_enqueue,
--   public.content_assets._500_enqueue_edited
create trigger content_assets__enqueue
after insert on content_assets
begin
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_content', new.id);
end;

create trigger content_assets__requeue
after update of content, prompt, alt_text, file_path on content_assets
when
    case
        when trim(new.content, char(32, 9, 10, 13)) <> '' then new.content
        when trim(new.prompt, char(32, 9, 10, 13)) <> '' then new.prompt
        when trim(new.alt_text, char(32, 9, 10, 13)) <> '' then new.alt_text
        when
            trim(
                substr(new.file_path, length(rtrim(new.file_path, replace(new.file_path, '/', ''))) + 1),
                char(32, 9, 10, 13)
            ) <> ''
            then substr(new.file_path, length(rtrim(new.file_path, replace(new.file_path, '/', ''))) + 1)
    end
    is not
    case
        when trim(old.content, char(32, 9, 10, 13)) <> '' then old.content
        when trim(old.prompt, char(32, 9, 10, 13)) <> '' then old.prompt
        when trim(old.alt_text, char(32, 9, 10, 13)) <> '' then old.alt_text
        when
            trim(
                substr(old.file_path, length(rtrim(old.file_path, replace(old.file_path, '/', ''))) + 1),
                char(32, 9, 10, 13)
            ) <> ''
            then substr(old.file_path, length(rtrim(old.file_path, replace(old.file_path, '/', ''))) + 1)
    end
begin
    update content_assets
    set label_state = 'queued', revision_count = old.revision_count + 1
    where id = new.id;
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_content', new.id);
end;
