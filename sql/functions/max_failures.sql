create function private.max_failures()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 5;
$$;
comment on function private.max_failures is 'Failures after which a job is dead and waits for replay_jobs.';
revoke execute on function private.max_failures from public, anon, authenticated;
grant execute on function private.max_failures to service_role;
