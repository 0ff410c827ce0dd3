create function private.is_blank(value text)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select value is null or btrim(value, e' \t\n\r') = '';
$$;
comment on function private.is_blank is
'True for null and for text of nothing but space, tab, line feed and carriage return.';
revoke execute on function private.is_blank from public, anon;
grant execute on function private.is_blank to authenticated, service_role;
