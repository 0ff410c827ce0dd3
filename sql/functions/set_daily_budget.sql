create function private.set_daily_budget(workspace_id uuid, daily_budget numeric)
    returns void
    language plpgsql
    volatile
    security definer  -- callers may not write the column, nor private.jobs
    set search_path = ''
as $$
#variable_conflict use_column
begin
    perform private.check_owner(set_daily_budget.workspace_id);
    if not coalesce(set_daily_budget.daily_budget between 0 and 100000, true) then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'a daily budget of %s: expected 0 to 100000 US dollars, or null for none',
                set_daily_budget.daily_budget
            );
    end if;
    update public.workspaces
    set daily_budget = trunc(set_daily_budget.daily_budget, 6)
    where workspaces.id = set_daily_budget.workspace_id;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no workspace %s', coalesce(set_daily_budget.workspace_id::text, 'null'));
    end if;
    -- what waits for another day may go on today, but for what a provider answers in a batch; 9999: its vector is
    -- there
    update private.jobs
    set
        run_at = least(jobs.run_at, clock_timestamp()),
        embedding_until = case when jobs.embedding_until = '9999-12-31' then jobs.embedding_until end
    where
        jobs.workspace_id = set_daily_budget.workspace_id
        and jobs.state = 'waiting'
        and (
            jobs.run_at > clock_timestamp()
            or jobs.embedding_until between clock_timestamp() and '9999-12-30'
        )
        and not exists (
            select
            from public.model_batches
            where
                model_batches.workspace_id = jobs.workspace_id
                and model_batches.hashes ->> jobs.target_id::text = jobs.content_hash
        );
end
$$;
comment on function private.set_daily_budget is 'What public.set_daily_budget does, for an owner or the service.';
revoke execute on function private.set_daily_budget from public, anon;
grant execute on function private.set_daily_budget to authenticated, service_role;
