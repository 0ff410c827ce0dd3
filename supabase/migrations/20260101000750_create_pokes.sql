-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  edge functions are woken by pg_net and pg_cron where those exist
-- Touches:  sequence private.poked_embed, private.poked_deliver; function private.poke,
--           private.tg__poke, private.sweep, private.schedule_sweep
-- Mirrors:  sql/sequences.sql, sql/functions/poke.sql, sql/functions/tg__poke.sql,
--           sql/functions/sweep.sql, sql/functions/schedule_sweep.sql, sql/triggers/jobs.sql,
--           sql/triggers/webhook_deliveries.sql, sql/extensions.sql
-- Undo:     forward only; it removes nothing

-- sql/sequences.sql
-- The second of the last poke of each edge function.
create sequence private.poked_embed;
create sequence private.poked_deliver;

-- sql/functions/poke.sql
create function private.poke(
    -- an edge function
    function_name text
)
    -- false where there is nothing to poke with, or nobody
    returns boolean
    language plpgsql
    volatile
    security definer  -- the key of the functions is not for whoever writes a row
    set search_path = ''
as $$
declare
    url text;
    key text;
begin
    if
        to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is null
        or to_regclass('vault.decrypted_secrets') is null
    then
        return false;
    end if;
    -- by text: neither need exist when this function is made
    execute
        'select'
        ' max(decrypted_secret) filter (where name = ''campaignbase_functions_url''),'
        ' max(decrypted_secret) filter (where name = ''campaignbase_functions_key'')'
        ' from vault.decrypted_secrets'
        ' where name in (''campaignbase_functions_url'', ''campaignbase_functions_key'')'
    into url, key;
    if coalesce(btrim(url), '') = '' or coalesce(btrim(key), '') = '' then
        return false;
    end if;
    -- pg_net answers nobody until its slowest request is done, so ours is short; the function works on
    execute
        'select net.http_post(url => $1, body => ''{}'', headers => $2, timeout_milliseconds => 1000)'
    using
        rtrim(btrim(url), '/') || '/' || function_name,
        jsonb_build_object('Content-Type', 'application/json', 'apikey', btrim(key));
    return true;
exception
    -- whoever wrote the row wrote it all the same; the sweep finds it
    when others then
        raise warning 'edge function % was not poked: %', function_name, sqlerrm;
        return false;
end
$$;
comment on function private.poke is
'Wakes an edge function by pg_net, with the address and the key that Vault holds. A nudge: losing it loses time only.';
revoke execute on function private.poke from public, anon, authenticated, service_role;

-- sql/functions/tg__poke.sql
create function private.tg__poke()
    returns trigger
    language plpgsql
    security definer  -- a writer of rows may neither see the sequence nor call private.poke
    set search_path = ''
as $$
declare
    clock regclass;
    second bigint;
begin
    if to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is null then
        return null;
    end if;
    -- the second of the last poke: a sequence is neither locked nor rolled back by whoever writes at length
    clock := to_regclass('private.poked_' || tg_argv[0]);
    second := extract(epoch from clock_timestamp())::bigint;
    if coalesce(pg_catalog.pg_sequence_last_value(clock), 0) < second then
        perform setval(clock, second);
        perform private.poke(tg_argv[0]);
    end if;
    return null;
end
$$;
comment on function private.tg__poke is
'Pokes the edge function that its argument names, at most about once a second, and never fails the write.';
revoke execute on function private.tg__poke from public, anon, authenticated, service_role;

-- sql/functions/sweep.sql
create function private.sweep()
    -- pokes
    returns integer
    language sql
    volatile
    set search_path = ''
as $$
    select
        count(*) filter (where private.poke(due.function_name))::integer
    from (
        select 'embed' as function_name
        where
            exists (
                select
                from private.jobs
                where
                    jobs.state <> 'dead'
                    and jobs.run_at <= clock_timestamp()
            )
        union all
        select 'deliver'
        where
            exists (
                select
                from public.webhook_deliveries
                inner join public.webhook_endpoints on webhook_deliveries.endpoint_id = webhook_endpoints.id
                where
                    webhook_deliveries.state in ('waiting', 'leased')
                    and webhook_deliveries.run_at <= clock_timestamp()
                    and webhook_endpoints.enabled
                    and (
                        webhook_endpoints.paused_until is null
                        or webhook_endpoints.paused_until <= clock_timestamp()
                    )
            )
    ) as due;
$$;
comment on function private.sweep is
'Pokes the edge functions that have something to do; what pg_cron calls, so that no lost poke is missed for long.';
revoke execute on function private.sweep from public, anon, authenticated, service_role;

-- sql/functions/schedule_sweep.sql
create function private.schedule_sweep()
    -- false where there is no pg_cron
    returns boolean
    language plpgsql
    volatile
    set search_path = ''
as $$
begin
    if to_regprocedure('cron.schedule(text,text,text)') is null then
        return false;
    end if;
    -- by text: pg_cron need not exist when this function is made
    execute
        'select'
        ' cron.schedule(''campaignbase_sweep'', ''10 seconds'', ''select private.sweep()''),'
        -- it keeps a line a run for ever
        ' cron.schedule(''campaignbase_tidy'', ''17 * * * *'','
        '  $tidy$delete from cron.job_run_details where end_time < now() - interval ''1 day'''
        '  and jobid in (select jobid from cron.job where jobname like ''campaignbase_%'')$tidy$)';
    return true;
end
$$;
comment on function private.schedule_sweep is
'Has pg_cron call private.sweep every ten seconds. Call it again, as postgres, when pg_cron was enabled later.';
revoke execute on function private.schedule_sweep from public, anon, authenticated, service_role;

-- sql/triggers/jobs.sql
create trigger _900_poke
after insert on private.jobs
for each statement execute function private.tg__poke('embed');

-- sql/triggers/webhook_deliveries.sql
create trigger _900_poke
after insert on public.webhook_deliveries
for each statement execute function private.tg__poke('deliver');

-- sql/extensions.sql
-- Extensions that make things sooner and that nothing depends on: where they can be had they are enabled, a
-- refusal is a notice.
do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
                ('pg_net', 'create extension pg_net with schema extensions'),
                ('pg_cron', 'create extension pg_cron'),
                ('supabase_vault', 'create extension supabase_vault')
        ) as extension (name, statement)
        where
            extension.name in (select pg_available_extensions.name from pg_catalog.pg_available_extensions)
            and extension.name not in (select pg_extension.extname from pg_catalog.pg_extension)
    loop
        begin
            execute wanted.statement;
        exception
            when others then
                raise notice 'extension % is not enabled (%); edge functions wait for the worker', wanted.name, sqlerrm;
        end;
    end loop;
    perform private.schedule_sweep();
exception
    when others then
        raise notice 'pg_cron does not sweep (%); enable it and call: select private.schedule_sweep()', sqlerrm;
end
$$;
