-- Row level security as it is: each table and its policies, in the words of the database.
-- Worry about a table of the schema public with secured = false (whoever has a grant sees every row),
-- and about a policy whose rows_seen or rows_written is true for everybody. A secured table without a
-- policy lets nobody in but the owner and roles that bypass it.
select
    pg_class.relnamespace::regnamespace || '.' || pg_class.relname as relation,
    pg_class.relrowsecurity as secured,
    lower(pg_policies.cmd) as command,
    array_to_string(pg_policies.roles, ', ') as roles,
    pg_policies.policyname::text as policy,
    pg_policies.qual as rows_seen,
    pg_policies.with_check as rows_written
from pg_catalog.pg_class
left join pg_catalog.pg_policies
    on
        pg_class.relnamespace::regnamespace::text = pg_policies.schemaname::text
        and pg_class.relname = pg_policies.tablename
where
    pg_class.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
    and pg_class.relkind in ('r', 'p')
order by pg_class.relrowsecurity, relation, command, policy;
