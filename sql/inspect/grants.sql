-- Who may do what by grant: each role on each schema, table, view and function of ours.
-- Worry about any row of anon or public but usage of the schema public: nothing here is theirs.
-- Privileges on single columns name them. Which rows of a table a role reaches is narrowed further by
-- its policies, see policies.sql; service_role is not bound by those.
with granted as (
    select
        'schema' as kind,
        pg_namespace.nspname::text as object,
        acl.grantee,
        acl.privilege_type as privilege,
        null::text as column_name
    from pg_catalog.pg_namespace
    cross join lateral aclexplode(coalesce(pg_namespace.nspacl, acldefault('n', pg_namespace.nspowner))) as acl
    where
        pg_namespace.nspname in ('public', 'private')
        and acl.grantee <> pg_namespace.nspowner
    union all
    select
        case pg_class.relkind when 'v' then 'view' when 'm' then 'view' when 'S' then 'sequence' else 'table' end,
        pg_class.relnamespace::regnamespace || '.' || pg_class.relname,
        acl.grantee,
        acl.privilege_type,
        null
    from pg_catalog.pg_class
    cross join lateral aclexplode(
        coalesce(
            pg_class.relacl,
            acldefault(case when pg_class.relkind = 'S' then 's' else 'r' end::"char", pg_class.relowner)
        )
    ) as acl
    where
        pg_class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and pg_class.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
        and acl.grantee <> pg_class.relowner
    union all
    select
        case when pg_class.relkind in ('v', 'm') then 'view' else 'table' end,
        pg_class.relnamespace::regnamespace || '.' || pg_class.relname,
        acl.grantee,
        acl.privilege_type,
        pg_attribute.attname::text
    from pg_catalog.pg_attribute
    inner join pg_catalog.pg_class on pg_attribute.attrelid = pg_class.oid
    cross join lateral aclexplode(pg_attribute.attacl) as acl
    where
        pg_class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and not pg_attribute.attisdropped
        and acl.grantee <> pg_class.relowner
    union all
    select
        'function',
        pg_proc.pronamespace::regnamespace || '.' || pg_proc.proname
        || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
        acl.grantee,
        acl.privilege_type,
        null
    from pg_catalog.pg_proc
    cross join lateral aclexplode(coalesce(pg_proc.proacl, acldefault('f', pg_proc.proowner))) as acl
    where
        pg_proc.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
        and acl.grantee <> pg_proc.proowner
),

-- one word a privilege, with its columns where it is not for all of them
listed as (
    select
        granted.kind,
        granted.object,
        granted.grantee,
        granted.privilege,
        lower(granted.privilege)
        || coalesce(' (' || string_agg(granted.column_name, ', ' order by granted.column_name) || ')', '') as words
    from granted
    group by
        granted.kind, granted.object, granted.grantee, granted.privilege, granted.column_name is null
)

select
    case when listed.grantee = 0 then 'public' else listed.grantee::regrole::text end as role,
    listed.kind,
    listed.object,
    string_agg(listed.words, ', ' order by listed.privilege, listed.words) as may
from listed
group by listed.grantee, listed.kind, listed.object
order by role, listed.kind, listed.object;
