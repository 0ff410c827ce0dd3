-- twin of: private.queue_job
-- A call is an insert. The hash stays null: the next claim computes it.
create view queue_job as
select workspace_id, kind, target_id from jobs where false;

create trigger queue_job__call
instead of insert on queue_job
begin
    insert into jobs (workspace_id, kind, target_id)
    values (new.workspace_id, new.kind, new.target_id)
    on conflict (kind, target_id) do update
        set
            state = 'waiting',
            content_hash = null,
            attempt = jobs.attempt + 1,
            failures = 0,
            run_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
            leased_by = null,
            last_error = null,
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
end;
