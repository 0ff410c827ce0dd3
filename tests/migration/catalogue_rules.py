"""What must hold for every object of ours: one query a rule, which names whoever breaks it.

Numbers are those of the platform's own linters, here because the pinned command line lacks them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`breaks` is SQL that breaks the rule, `offender` what the query must then name."""

    name: str
    query: str
    breaks: str
    offender: str


RULES = [
    Rule(
        "every public table has row level security, and a policy where clients hold a grant",
        """
        select c.oid::regclass::text
        from pg_class as c
        where
            c.relnamespace = 'public'::regnamespace
            and c.relkind in ('r', 'p')
            and not (
                c.relrowsecurity
                and (
                    exists (select from pg_policy where polrelid = c.oid)
                    or not has_any_column_privilege('authenticated', c.oid, 'select, insert, update')
                )
            )
        """,
        "alter table public.campaigns disable row level security",
        "campaigns",
    ),
    Rule(
        "every policy is for one command and for named roles",
        """
        select polname::text
        from pg_policy
        where
            polrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
            and (polcmd = '*' or 0 = any(polroles))
        """,
        "create policy everybody on public.campaigns for select using (true)",
        "everybody",
    ),
    Rule(
        "every function pins an empty search path",
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        where
            p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and not 'search_path=""' = any(coalesce(p.proconfig, '{}'))
        """,
        "create function private.loose() returns int language sql as 'select 1'",
        "private.loose()",
    ),
    Rule(
        "security definer functions live in private",
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        where
            p.prosecdef
            and p.pronamespace = 'public'::regnamespace
        """,
        "create function public.strong() returns int language sql security definer as 'select 1'",
        "strong()",
    ),
    Rule(
        "every schema, table, view and function of ours has a comment",
        """
        select n.nspname::text
        from pg_namespace as n
        where n.nspname = 'private' and obj_description(n.oid, 'pg_namespace') is null
        union all
        select c.oid::regclass::text
        from pg_class as c
        where
            c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and c.relkind in ('r', 'p', 'v', 'm')
            and obj_description(c.oid, 'pg_class') is null
        union all
        select p.oid::regprocedure::text
        from pg_proc as p
        where
            p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and obj_description(p.oid, 'pg_proc') is null
        """,
        "comment on table public.campaigns is null",
        "campaigns",
    ),
    Rule(
        "every foreign key has an index that starts with its columns, in any order",
        """
        select k.conrelid::regclass || ': ' || k.conname
        from pg_constraint as k
        where
            k.contype = 'f'
            and k.connamespace in ('public'::regnamespace, 'private'::regnamespace)
            and not exists (
                select
                from pg_index as i
                where
                    i.indrelid = k.conrelid
                    and i.indpred is null
                    and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
            )
            -- its partial indexes, of dead and of other jobs, hold every row between them
            and k.conname <> 'jobs_workspace_id_fkey'
        """,
        "create table private.pointers (id uuid references public.workspaces (id))",
        "private.pointers: pointers_id_fkey",
    ),
    Rule(
        "foreign keys between tables of a workspace carry the workspace",
        """
        select k.conrelid::regclass || ': ' || k.conname
        from pg_constraint as k
        inner join pg_attribute as here on here.attrelid = k.conrelid and here.attname = 'workspace_id'
        inner join pg_attribute as there on there.attrelid = k.confrelid and there.attname = 'workspace_id'
        where
            k.contype = 'f'
            and k.connamespace in ('public'::regnamespace, 'private'::regnamespace)
            and not (here.attnum = any(k.conkey) and there.attnum = any(k.confkey))
        """,
        "alter table public.social_posts add column other uuid references public.campaigns (id)",
        "social_posts: social_posts_other_fkey",
    ),
    Rule(
        "checks have a name that states their claim, every constraint one that starts with its table",
        """
        select c.relname || ': ' || k.conname
        from pg_constraint as k
        inner join pg_class as c on c.oid = k.conrelid
        where
            k.connamespace in ('public'::regnamespace, 'private'::regnamespace)
            and k.contype in ('c', 'f', 'p', 'u', 'x')
            and (
                not starts_with(k.conname::text, c.relname || '_')
                or (k.contype = 'c' and k.conname ~ '_check[0-9]*$')
                or (k.contype = 'u' and k.conname ~ '_key[0-9]*$')
            )
        """,
        "alter table public.campaigns add check (name <> 'x')",
        "campaigns: campaigns_name_check",
    ),
    Rule(
        "triggers say their place in the order",
        """
        select g.tgrelid::regclass || ': ' || g.tgname
        from pg_trigger as g
        inner join pg_proc as p on p.oid = g.tgfoid
        where
            not g.tgisinternal
            and p.pronamespace = 'private'::regnamespace
            and g.tgname !~ '^_[0-9]{3}_[a-z]'
        """,
        "create trigger early before update on public.campaigns"
        " for each row execute function private.tg__set_updated_at()",
        "campaigns: early",
    ),
    Rule(
        "times carry their zone, and closed sets are checks",
        """
        select a.attrelid::regclass || '.' || a.attname
        from pg_attribute as a
        inner join pg_class as c on c.oid = a.attrelid
        inner join pg_type as t on t.oid = a.atttypid
        where
            c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and c.relkind in ('r', 'p')
            and a.attnum > 0
            and not a.attisdropped
            and (t.typtype = 'e' or t.typname in ('timestamp', 'timetz', 'json', 'money', 'bpchar'))
        """,
        "alter table public.campaigns add column paused_at timestamp",
        "campaigns.paused_at",
    ),
    Rule(
        "nothing of ours is granted to everybody, and nothing in private is reached by anon",
        """
        select 'schema private: ' || privilege
        from unnest(array['usage', 'create']) as privilege
        where has_schema_privilege('anon', 'private', privilege)
        union all
        select c.oid::regclass || ': ' || e.privilege_type
        from pg_class as c
        cross join lateral aclexplode(c.relacl) as e
        where
            c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and e.grantee in (0, 'anon'::regrole)
        union all
        select p.oid::regprocedure || ': ' || e.privilege_type
        from pg_proc as p
        cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as e
        where
            p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and e.grantee in (0, 'anon'::regrole)
        """,
        "grant select on public.campaigns to anon",
        "campaigns: SELECT",
    ),
    Rule(
        "what belongs to a workspace goes with it",
        """
        select c.oid::regclass::text
        from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid and a.attname = 'workspace_id'
        where
            c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and c.relkind in ('r', 'p')
            and not exists (
                select
                from pg_constraint as k
                where
                    k.conrelid = c.oid
                    and k.contype = 'f'
                    and k.confdeltype = 'c'
                    and a.attnum = any(k.conkey)
            )
        """,
        "create table private.loose (workspace_id uuid references public.workspaces (id))",
        "private.loose",
    ),
    Rule(
        "trigger functions are executed by triggers alone",
        """
        select p.oid::regprocedure || ': ' || e.grantee::regrole
        from pg_proc as p
        cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as e
        where
            p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and p.prorettype = 'trigger'::regtype
            and e.grantee <> p.proowner
        """,
        "grant execute on function private.tg__set_updated_at to authenticated",
        "private.tg__set_updated_at(): authenticated",
    ),
    Rule(
        "0025: no public bucket whose files anybody may list",
        """
        select b.id || ': ' || p.policyname
        from storage.buckets as b
        inner join pg_policies as p
            on
                p.schemaname = 'storage'
                and p.tablename = 'objects'
                and p.cmd in ('SELECT', 'ALL')
                and p.roles && array['public', 'anon', 'authenticated']::name[]
        where
            b.public
            and (
                coalesce(p.qual, 'true') = 'true'
                or p.qual ~ ('^\\(bucket_id = ' || quote_literal(b.id) || '(::text)?\\)$')
            )
        """,
        "insert into storage.buckets (id, name, public) values ('open', 'open', true);"
        "create policy listing on storage.objects for select to anon using (bucket_id = 'open')",
        "open: listing",
    ),
    Rule(
        "0026: anon sees no table, not even one column",
        """
        select c.oid::regclass || '.' || a.attname
        from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where
            c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and has_column_privilege('anon', c.oid, a.attnum, 'select')
        """,
        "grant select (name) on public.campaigns to anon",
        "campaigns.name",
    ),
    Rule(
        "0027: pg_graphql, which shows a signed-up user every table she may read, is not ours to enable",
        "select extname::text from pg_extension where extname not in ('plpgsql', 'vector')",
        # it is not in the embedded Postgres; any other extension shows that the query sees one
        "update pg_extension set extname = 'pg_graphql' where extname = 'vector'",
        "pg_graphql",
    ),
    Rule(
        "0028: anon may execute no security definer function",
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        where
            p.pronamespace in ('public'::regnamespace, 'private'::regnamespace)
            and p.prosecdef
            and has_function_privilege('anon', p.oid, 'execute')
        """,
        "grant execute on function private.caller_workspace_ids to anon",
        "private.caller_workspace_ids()",
    ),
    Rule(
        "0029: a signed-up user may execute a security definer function only outside the exposed schemas",
        """
        select p.oid::regprocedure::text
        from pg_proc as p
        where
            p.pronamespace <> 'private'::regnamespace
            and p.pronamespace in (select oid from pg_namespace where nspname in ('public', 'graphql_public'))
            and p.prosecdef
            and has_function_privilege('authenticated', p.oid, 'execute')
        """,
        "create function public.strong() returns int language sql security definer as 'select 1';"
        "grant execute on function public.strong() to authenticated",
        "strong()",
    ),
]
