-- What waits in each queue, and since when.
-- Worry when oldest_minutes grows from one look to the next: with leased at 0 no worker runs (`campaignbase worker`),
-- else there are too few. Waiting jobs that are not due were sent back to wait after a failure.
select
    workspaces.name as workspace,
    jobs.kind,
    count(*) filter (where jobs.state = 'waiting') as waiting,
    count(*) filter (where jobs.state = 'waiting' and jobs.run_at <= clock_timestamp()) as due,
    count(*) filter (where jobs.state = 'leased') as leased,
    count(*) filter (where jobs.state = 'dead') as dead,
    round(
        extract(epoch from clock_timestamp() - min(jobs.created_at) filter (where jobs.state <> 'dead')) / 60
    )::integer as oldest_minutes
from private.jobs
inner join public.workspaces on jobs.workspace_id = workspaces.id
group by workspaces.id, workspaces.name, jobs.kind
order by oldest_minutes desc nulls last, workspaces.name, workspaces.id, jobs.kind;
