create function private.acting_machine()
    returns boolean
    language sql
    stable
    parallel safe
    set search_path = ''
as $$
    select coalesce(current_setting('campaignbase.actor', true), '') <> '';
$$;
comment on function private.acting_machine is
'True inside a transaction in which one of our functions writes labels; every other write is a person''s.';
revoke execute on function private.acting_machine from public, anon;
grant execute on function private.acting_machine to authenticated, service_role;
