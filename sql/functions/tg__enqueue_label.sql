create function private.tg__enqueue_label()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
declare
    old_text text;
    new_text text := private.label_text(new.name, new.description, new.keywords);
begin
    if tg_op = 'UPDATE' then
        old_text := private.label_text(old.name, old.description, old.keywords);
        if new_text is not distinct from old_text then
            return null;
        end if;
    end if;
    perform private.queue_job(new.workspace_id, tg_argv[0], new.id, private.content_hash(new_text));
    return null;
end
$$;
comment on function private.tg__enqueue_label is
'Queues the vector of a category or tag that is new or whose name, description or keywords changed. Argument: the kind of job.';
revoke execute on function private.tg__enqueue_label from public, anon, authenticated, service_role;
