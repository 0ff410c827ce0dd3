create function private.enough_golden()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 30;
$$;
comment on function private.enough_golden is
'Golden rows from which on a hosted model decides only where it passed the gate.';
revoke execute on function private.enough_golden from public, anon, authenticated;
grant execute on function private.enough_golden to service_role;
