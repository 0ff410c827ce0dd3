create function private.webhook_tries()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 10;
$$;
comment on function private.webhook_tries is 'Failures after which a delivery is dead; ten, over about three days.';
revoke execute on function private.webhook_tries from public, anon, authenticated;
grant execute on function private.webhook_tries to service_role;
