-- What a database is, read from the system catalogues. Each query stands under `-- name --`, takes
-- %(schemas)s and answers the fields of the class of that name in catalogue.py. The search path is
-- empty meanwhile, so every name comes out qualified.

-- tables --
select
    n.nspname as schema,
    c.relname as name,
    c.relrowsecurity as row_security,
    c.relforcerowsecurity as force_row_security,
    c.relreplident::text as replica_identity,
    pg_get_userbyid(c.relowner) as owner,
    coalesce(c.reloptions, '{}') as options,
    obj_description(c.oid, 'pg_class') as comment
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any(%(schemas)s)
order by n.nspname, c.relname

-- columns --
select
    n.nspname as schema,
    c.relname as table,
    a.attname as name,
    row_number() over (partition by c.oid order by a.attnum)::int as position,
    format_type(a.atttypid, a.atttypmod) as type,
    a.attnotnull as not_null,
    case when a.attgenerated = '' then pg_get_expr(d.adbin, d.adrelid) end as default,
    case when a.attgenerated <> '' then pg_get_expr(d.adbin, d.adrelid) end as generated,
    a.attidentity::text as identity,
    case when a.attcollation <> t.typcollation then co.collname end as collation,
    col_description(c.oid, a.attnum) as comment
from pg_attribute as a
inner join pg_class as c on c.oid = a.attrelid
inner join pg_namespace as n on n.oid = c.relnamespace
inner join pg_type as t on t.oid = a.atttypid
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_collation as co on co.oid = a.attcollation
where
    c.relkind in ('r', 'p', 'v', 'm')
    and a.attnum > 0
    and not a.attisdropped
    and n.nspname = any(%(schemas)s)
order by n.nspname, c.relname, a.attnum

-- constraints --
select
    n.nspname as schema,
    c.relname as table,
    k.conname as name,
    k.contype::text as kind,
    pg_get_constraintdef(k.oid) as definition,
    array(
        select a.attname::text
        from unnest(k.conkey) with ordinality as part (attnum, place)
        inner join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = part.attnum
        order by part.place
    ) as columns,
    fn.nspname as referenced_schema,
    f.relname as referenced_table,
    array(
        select a.attname::text
        from unnest(k.confkey) with ordinality as part (attnum, place)
        inner join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = part.attnum
        order by part.place
    ) as referenced_columns,
    k.convalidated as validated,
    obj_description(k.oid, 'pg_constraint') as comment
from pg_constraint as k
inner join pg_class as c on c.oid = k.conrelid
inner join pg_namespace as n on n.oid = c.relnamespace
left join pg_class as f on f.oid = k.confrelid
left join pg_namespace as fn on fn.oid = f.relnamespace
-- since 18 a not null column is one too; the column says it already. Triggers are read below.
where k.contype in ('c', 'f', 'p', 'u', 'x') and n.nspname = any(%(schemas)s)
order by n.nspname, c.relname, k.conname

-- indexes --
select
    n.nspname as schema,
    t.relname as table,
    c.relname as name,
    am.amname as method,
    i.indisunique as unique,
    i.indnullsnotdistinct as nulls_not_distinct,
    array(
        select pg_get_indexdef(i.indexrelid, place, false)
        from generate_series(1, i.indnkeyatts) as place
    ) as keys,
    pg_get_expr(i.indpred, i.indrelid) as predicate,
    k.conname as of_constraint,
    pg_get_indexdef(i.indexrelid) as definition,
    obj_description(c.oid, 'pg_class') as comment
from pg_index as i
inner join pg_class as c on c.oid = i.indexrelid
inner join pg_class as t on t.oid = i.indrelid
inner join pg_namespace as n on n.oid = t.relnamespace
inner join pg_am as am on am.oid = c.relam
left join pg_constraint as k on k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
where n.nspname = any(%(schemas)s)
order by n.nspname, t.relname, c.relname

-- triggers --
select
    n.nspname as schema,
    c.relname as table,
    g.tgname as name,
    fn.nspname || '.' || f.proname as function,
    g.tgenabled::text as enabled,
    pg_get_triggerdef(g.oid) as definition,
    obj_description(g.oid, 'pg_trigger') as comment
from pg_trigger as g
inner join pg_class as c on c.oid = g.tgrelid
inner join pg_namespace as n on n.oid = c.relnamespace
inner join pg_proc as f on f.oid = g.tgfoid
inner join pg_namespace as fn on fn.oid = f.pronamespace
-- ours on the platform's tables too: they are known by their function
where not g.tgisinternal and (n.nspname = any(%(schemas)s) or fn.nspname = any(%(schemas)s))
order by n.nspname, c.relname, g.tgname

-- functions --
select
    n.nspname as schema,
    f.proname as name,
    pg_get_function_identity_arguments(f.oid) as arguments,
    pg_get_function_arguments(f.oid) as arguments_with_defaults,
    pg_get_function_result(f.oid) as result,
    l.lanname as language,
    f.prokind::text as kind,
    f.provolatile::text as volatility,
    f.prosecdef as security_definer,
    f.proisstrict as strict,
    f.proleakproof as leakproof,
    f.proparallel::text as parallel,
    f.procost::float8 as cost,
    f.prorows::float8 as rows,
    coalesce(f.proconfig, '{}') as settings,
    pg_get_userbyid(f.proowner) as owner,
    coalesce(pg_get_function_sqlbody(f.oid), f.prosrc) as body,
    obj_description(f.oid, 'pg_proc') as comment
from pg_proc as f
inner join pg_namespace as n on n.oid = f.pronamespace
inner join pg_language as l on l.oid = f.prolang
where
    n.nspname = any(%(schemas)s)
    and not exists (
        select
        from pg_depend
        where pg_depend.classid = 'pg_proc'::regclass and pg_depend.objid = f.oid and pg_depend.deptype = 'e'
    )
order by n.nspname, f.proname, 3

-- policies --
select
    n.nspname as schema,
    c.relname as table,
    p.polname as name,
    p.polcmd::text as command,
    p.polpermissive as permissive,
    array(
        select case when role.oid = 0 then 'public' else pg_get_userbyid(role.oid)::text end
        from unnest(p.polroles) as role (oid)
        order by 1
    ) as roles,
    pg_get_expr(p.polqual, p.polrelid) as using,
    pg_get_expr(p.polwithcheck, p.polrelid) as check,
    obj_description(p.oid, 'pg_policy') as comment
from pg_policy as p
inner join pg_class as c on c.oid = p.polrelid
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s)
order by n.nspname, c.relname, p.polname

-- views --
select
    n.nspname as schema,
    c.relname as name,
    c.relkind = 'm' as materialized,
    coalesce(c.reloptions, '{}') as options,
    pg_get_userbyid(c.relowner) as owner,
    pg_get_viewdef(c.oid) as definition,
    obj_description(c.oid, 'pg_class') as comment
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('v', 'm') and n.nspname = any(%(schemas)s)
order by n.nspname, c.relname

-- sequences --
select
    n.nspname as schema,
    c.relname as name,
    format_type(s.seqtypid, null) as type,
    s.seqstart as start,
    s.seqincrement as increment,
    s.seqcycle as cycle,
    owned.relname || '.' || a.attname as owned_by,
    obj_description(c.oid, 'pg_class') as comment
from pg_sequence as s
inner join pg_class as c on c.oid = s.seqrelid
inner join pg_namespace as n on n.oid = c.relnamespace
left join pg_depend as d
    on
        d.classid = 'pg_class'::regclass
        and d.objid = c.oid
        and d.refclassid = 'pg_class'::regclass
        and d.deptype in ('a', 'i')
left join pg_class as owned on owned.oid = d.refobjid
left join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where n.nspname = any(%(schemas)s)
order by n.nspname, c.relname

-- types --
select
    n.nspname as schema,
    t.typname as name,
    format_type(t.oid, null) as written,
    t.typtype::text as kind,
    case
        when t.typtype = 'e' then (
            select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
            from pg_enum as e
            where e.enumtypid = t.oid
        )
        when t.typtype = 'd' then
            format_type(t.typbasetype, t.typtypmod)
            -- since 18 not null is a constraint too
            || case when t.typnotnull then ' NOT NULL' else '' end
            || coalesce(' DEFAULT ' || pg_get_expr(t.typdefaultbin, 0), '')
            || coalesce(
                (
                    select ' ' || string_agg(pg_get_constraintdef(k.oid), ' ' order by k.conname)
                    from pg_constraint as k
                    where k.contypid = t.oid and k.contype = 'c'
                ),
                ''
            )
        else (
            select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
            from pg_attribute as a
            where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        )
    end as definition,
    obj_description(t.oid, 'pg_type') as comment
from pg_type as t
inner join pg_namespace as n on n.oid = t.typnamespace
left join pg_class as c on c.oid = t.typrelid
where
    n.nspname = any(%(schemas)s)
    and (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and not exists (
        select
        from pg_depend
        where pg_depend.classid = 'pg_type'::regclass and pg_depend.objid = t.oid and pg_depend.deptype = 'e'
    )
order by n.nspname, t.typname

-- schemas --
select
    n.nspname as name,
    pg_get_userbyid(n.nspowner) as owner,
    obj_description(n.oid, 'pg_namespace') as comment
from pg_namespace as n
where n.nspname = any(%(schemas)s)
order by n.nspname

-- grants --
with granted (kind, object, acl) as (
    select 'schema', n.nspname::text, coalesce(n.nspacl, acldefault('n', n.nspowner))
    from pg_namespace as n
    where n.nspname = any(%(schemas)s)
    union all
    select
        case c.relkind when 'S' then 'sequence' else 'table' end,
        n.nspname || '.' || c.relname,
        coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's'::"char" else 'r' end, c.relowner))
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'S') and n.nspname = any(%(schemas)s)
    union all
    select 'column', n.nspname || '.' || c.relname || '.' || a.attname, a.attacl
    from pg_attribute as a
    inner join pg_class as c on c.oid = a.attrelid
    inner join pg_namespace as n on n.oid = c.relnamespace
    where a.attacl is not null and not a.attisdropped and n.nspname = any(%(schemas)s)
    union all
    select
        'function',
        n.nspname || '.' || f.proname || '(' || pg_get_function_identity_arguments(f.oid) || ')',
        coalesce(f.proacl, acldefault('f', f.proowner))
    from pg_proc as f
    inner join pg_namespace as n on n.oid = f.pronamespace
    where n.nspname = any(%(schemas)s)
)
select
    granted.kind,
    granted.object,
    case when entry.grantee = 0 then 'public' else pg_get_userbyid(entry.grantee)::text end as grantee,
    entry.privilege_type as privilege,
    entry.is_grantable as grantable
from granted
cross join lateral aclexplode(granted.acl) as entry
order by 1, 2, 3, 4

-- publications --
select p.pubname as name, n.nspname || '.' || c.relname as table
from pg_publication as p
inner join pg_publication_rel as r on r.prpubid = p.oid
inner join pg_class as c on c.oid = r.prrelid
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s)
order by 1, 2
