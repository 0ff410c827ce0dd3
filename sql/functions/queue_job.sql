create function private.queue_job(
    workspace_id uuid,
    kind text,
    target_id uuid,
    -- null when there is nothing to read
    content_hash text
)
    returns void
    language sql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
    insert into private.jobs (workspace_id, kind, target_id, content_hash)
    values (queue_job.workspace_id, queue_job.kind, queue_job.target_id, queue_job.content_hash)
    on conflict on constraint jobs_target_is_unique do update
        set
            state = 'waiting',
            content_hash = excluded.content_hash,
            attempt = jobs.attempt + 1,
            failures = 0,
            run_at = clock_timestamp(),
            leased_by = null,
            last_error = null,
            embedding_until = null,
            updated_at = clock_timestamp();
$$;
comment on function private.queue_job is
'Makes the one job of a target wait, also one that is leased or dead; the fence moves, so an answer still under way is stale.';
revoke execute on function private.queue_job from public, anon, authenticated, service_role;
