-- Jobs that a worker took and neither finished nor gave back in time.
-- Worry when they stay: the next claim takes them again, so no worker runs. The same worker or target again and again
-- means a row that kills its worker; after five failures its job is dead.
select
    jobs.id,
    workspaces.name as workspace,
    jobs.kind,
    jobs.target_id::text as target_id,
    jobs.leased_by,
    jobs.attempt,
    jobs.failures,
    jobs.run_at as expired_at,
    round(extract(epoch from clock_timestamp() - jobs.run_at))::integer as overdue_seconds
from private.jobs
inner join public.workspaces on jobs.workspace_id = workspaces.id
where
    jobs.state = 'leased'
    and jobs.run_at <= clock_timestamp()
order by jobs.run_at, jobs.id;
