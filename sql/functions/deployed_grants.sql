create function private.deployed_grants()
    -- '<role> <privilege> <object>' of the three roles of the Data API, in public and private; columns only where
    -- the table as a whole is not granted
    returns text[]
    language sql
    stable
    set search_path = ''
as $$
    select coalesce(array_agg(found.told order by found.told), '{}')
    from (
        select pg_roles.oid, pg_roles.rolname as name
        from pg_catalog.pg_roles
        where pg_roles.rolname in ('anon', 'authenticated', 'service_role')
    ) as roles
    cross join lateral (
        select format('%s execute %s.%s', roles.name, pg_namespace.nspname, pg_proc.proname) as told
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
        where
            pg_namespace.nspname in ('public', 'private')
            and has_function_privilege(roles.oid, pg_proc.oid, 'execute')
        union all
        select format('%s %s %s.%s', roles.name, privilege, pg_namespace.nspname, pg_class.relname)
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as privilege
        where
            pg_namespace.nspname in ('public', 'private')
            and pg_class.relkind in ('r', 'v')
            and has_table_privilege(roles.oid, pg_class.oid, privilege)
        union all
        select format(
            '%s %s %s.%s.%s', roles.name, privilege, pg_namespace.nspname, pg_class.relname, pg_attribute.attname
        )
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        inner join pg_catalog.pg_attribute on pg_class.oid = pg_attribute.attrelid
        cross join unnest(array['select', 'insert', 'update']) as privilege
        where
            pg_namespace.nspname in ('public', 'private')
            and pg_class.relkind in ('r', 'v')
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
            and has_column_privilege(roles.oid, pg_class.oid, pg_attribute.attnum, privilege)
            and not has_table_privilege(roles.oid, pg_class.oid, privilege)
        union all
        select format('%s usage %s', roles.name, pg_namespace.nspname)
        from pg_catalog.pg_namespace
        where
            pg_namespace.nspname in ('public', 'private')
            and has_schema_privilege(roles.oid, pg_namespace.oid, 'usage')
    ) as found;
$$;
comment on function private.deployed_grants is
'What anon, authenticated and service_role may do here, to be compared with what the migrations grant.';
revoke execute on function private.deployed_grants from public, anon, authenticated, service_role;
