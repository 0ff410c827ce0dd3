create function private.caller_is_service()
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    -- by the role the session took, not by a missing token: an anonymous caller has no user id either
    select
        coalesce(nullif(current_setting('role', true), ''), 'none')
        in ('none', 'postgres', 'service_role', 'supabase_admin');
$$;
comment on function private.caller_is_service is
'True when the session acts as the service or as the database''s owner, also inside a security definer function.';
revoke execute on function private.caller_is_service from public, anon;
grant execute on function private.caller_is_service to authenticated, service_role;
