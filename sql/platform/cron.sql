-- pg_cron 1.6: the same tables and functions. What its background worker does, the program beside does
-- (campaignbase.local.stand_ins.cron).
create schema if not exists cron;
grant usage on schema cron to postgres with grant option;

create sequence if not exists cron.jobid_seq;
create sequence if not exists cron.runid_seq;
create table if not exists cron.job (
    jobid bigint primary key default nextval('cron.jobid_seq'),
    schedule text not null,
    command text not null,
    nodename text not null default 'localhost',
    nodeport integer not null default inet_server_port(),
    database text not null default current_database(),
    username text not null default current_user,
    active boolean not null default true,
    jobname text,
    constraint jobname_username_uniq unique (jobname, username)
);
create table if not exists cron.job_run_details (
    jobid bigint,
    runid bigint primary key default nextval('cron.runid_seq'),
    job_pid integer,
    database text,
    username text,
    command text,
    status text,
    return_message text,
    start_time timestamptz,
    end_time timestamptz
);
alter table cron.job enable row level security;
alter table cron.job_run_details enable row level security;
drop policy if exists cron_job_policy on cron.job;
create policy cron_job_policy on cron.job using (username = current_user);
drop policy if exists cron_job_run_details_policy on cron.job_run_details;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);
grant select on cron.job to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;

create or replace function cron._check(schedule text)
    returns void
    language plpgsql
    immutable
as $$
declare
    field constant text := '(\*|[0-9]{1,2}(-[0-9]{1,2})?)(/[0-9]{1,2})?';
begin
    if
        not (
            _check.schedule ~ '^\s*([1-9]|[1-5][0-9])\s+seconds?\s*$'
            or _check.schedule ~ format('^\s*(%1$s(,%1$s)*\s+){4}%1$s(,%1$s)*\s*$', field)
        )
    then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('invalid schedule: %s', _check.schedule),
            hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
    end if;
end
$$;

-- The name of a job is its owner's alone; scheduling it again changes it.
create or replace function cron._schedule(job_name text, schedule text, command text, database text, username text)
    returns bigint
    language plpgsql
    security definer
    set search_path = ''
as $$
declare
    id bigint;
begin
    perform cron._check(_schedule.schedule);
    insert into cron.job (jobname, schedule, command, database, username)
    values (_schedule.job_name, _schedule.schedule, _schedule.command, _schedule.database, _schedule.username)
    on conflict on constraint jobname_username_uniq do update
        set
            schedule = excluded.schedule,
            command = excluded.command,
            database = excluded.database,
            active = true
    returning job.jobid into id;
    return id;
end
$$;

create or replace function cron.schedule(schedule text, command text)
    returns bigint
    language sql
as $$
    select cron._schedule(null, $1, $2, current_database()::text, current_user::text);
$$;

create or replace function cron.schedule(job_name text, schedule text, command text)
    returns bigint
    language sql
as $$
    select cron._schedule($1, $2, $3, current_database()::text, current_user::text);
$$;

create or replace function cron._remove(job_id bigint, job_name text, username text)
    returns boolean
    language plpgsql
    security definer
    set search_path = ''
as $$
begin
    delete from cron.job
    where
        (job.jobid = _remove.job_id or job.jobname = _remove.job_name)
        and job.username = _remove.username;
    if not found then
        raise exception 'could not find valid entry for job ''%''', coalesce(_remove.job_name, _remove.job_id::text);
    end if;
    return true;
end
$$;

create or replace function cron.unschedule(job_id bigint)
    returns boolean
    language sql
as $$
    select cron._remove($1, null, current_user::text);
$$;

create or replace function cron.unschedule(job_name text)
    returns boolean
    language sql
as $$
    select cron._remove(null, $1, current_user::text);
$$;

revoke execute on all functions in schema cron from public;
grant execute on all functions in schema cron to postgres with grant option;
