-- The roles of a hosted project, with the attributes they have there. `postgres` is no superuser.
do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
                ('anon', 'nologin noinherit'),
                ('authenticated', 'nologin noinherit'),
                ('service_role', 'nologin noinherit bypassrls'),
                ('authenticator', 'login noinherit'),
                ('supabase_auth_admin', 'login noinherit createrole'),
                ('supabase_storage_admin', 'login noinherit createrole'),
                ('supabase_realtime_admin', 'nologin noinherit'),
                ('dashboard_user', 'nologin createdb createrole replication'),
                ('postgres', 'login createdb createrole replication bypassrls')
        ) as role (name, attributes)
    loop
        if to_regrole(wanted.name) is null then
            begin
                execute format('create role %I with %s', wanted.name, wanted.attributes);
            exception
                -- another database of this server is being prepared at the same moment
                when duplicate_object or unique_violation then null;
            end;
        end if;
    end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;

alter role postgres set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_storage_admin set search_path = storage;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
