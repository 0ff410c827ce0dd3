create function private.caller_is_service()
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- by the role the session took or logged in with, not by a missing token: an anonymous caller has no user id either
    select
        pg_roles.rolsuper
        or pg_roles.rolbypassrls
        or pg_roles.oid = (select pg_namespace.nspowner from pg_catalog.pg_namespace where nspname = 'private')
    from pg_catalog.pg_roles
    where pg_roles.rolname = coalesce(nullif(nullif(current_setting('role', true), ''), 'none'), session_user);
$$;
comment on function private.caller_is_service is
'True when the session acts as a role that row level security does not bind, also inside a security definer function.';
revoke execute on function private.caller_is_service from public, anon;
grant execute on function private.caller_is_service to authenticated, service_role;
