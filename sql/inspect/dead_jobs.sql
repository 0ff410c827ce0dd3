-- What was given up, with the last error and the call that gives it a new life.
-- Worry about any row: its content shows as failed until it is replayed or its text changes. Mend the
-- cause first; for all at once: select public.replay_jobs();
select
    jobs.id,
    workspaces.name as workspace,
    jobs.kind,
    jobs.target_id::text as target_id,
    jobs.failures,
    jobs.updated_at as died_at,
    jobs.last_error,
    format('select public.replay_jobs(array[%s]);', jobs.id) as replay
from private.jobs
inner join public.workspaces on jobs.workspace_id = workspaces.id
where jobs.state = 'dead'
order by jobs.updated_at desc, jobs.id;
