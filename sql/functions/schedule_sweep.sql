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
