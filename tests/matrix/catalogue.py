"""What there is to be asked for: schemas, tables, views and functions of ours, read from the catalogue."""

from dataclasses import dataclass, field
from typing import Any

import psycopg

SCHEMAS = ["public", "private"]
PLATFORM_TABLES = ["storage.objects"]  # its grants are the platform's, its policies are ours


@dataclass(frozen=True)
class Relation:
    name: str
    kind: str  # r table, v view
    columns: tuple[str, ...]  # that may be written: not generated always
    readable: tuple[str, ...]  # all of them
    key: tuple[str, ...]
    owned: bool  # has workspace_id
    writable: bool  # a view may not be
    views: tuple[str, ...]  # that it reads, by name

    @property
    def ours(self) -> bool:
        return self.name not in PLATFORM_TABLES


@dataclass(frozen=True)
class Function:
    name: str
    signature: str  # types alone, for grants
    arguments: tuple[tuple[str, str], ...]  # name ('' where it has none), type

    @property
    def exposed(self) -> bool:
        return self.name.startswith("public.")


@dataclass(frozen=True)
class Catalogue:
    relations: dict[str, Relation]
    functions: dict[str, Function]
    schemas: tuple[str, ...] = field(default=tuple(SCHEMAS))


def read(connection: psycopg.Connection[Any]) -> Catalogue:
    relations = {
        name: Relation(name, kind, tuple(columns), tuple(readable), tuple(key), owned, writable, tuple(views))
        for name, kind, columns, readable, key, owned, writable, views in connection.execute(
            _RELATIONS, [SCHEMAS, PLATFORM_TABLES]
        )
    }
    functions: dict[str, Function] = {}
    for name, signature, names, types in connection.execute(_FUNCTIONS, [SCHEMAS]):
        if name in functions:
            raise AssertionError(f"two functions are called {name}; the matrix knows them by name")
        names = names or [""] * len(types)
        functions[name] = Function(name, signature, tuple(zip(names, types, strict=False)))
    return Catalogue(relations, functions)


_RELATIONS = """
select
    n.nspname || '.' || c.relname,
    c.relkind::text,
    array(
        select a.attname::text
        from pg_attribute as a
        where
            a.attrelid = c.oid
            and a.attnum > 0
            and not a.attisdropped
            and a.attgenerated = ''
            and a.attidentity <> 'a'
        order by a.attnum
    ),
    array(
        select attname::text
        from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped
        order by attnum
    ),
    array(
        select a.attname::text
        from pg_constraint as k
        cross join lateral unnest(k.conkey) with ordinality as part (attnum, place)
        inner join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = part.attnum
        where k.conrelid = c.oid and k.contype = 'p'
        order by part.place
    ),
    exists (
        select from pg_attribute where attrelid = c.oid and attname = 'workspace_id' and not attisdropped
    ),
    -- insert, update or delete, of the row itself or by rules
    pg_relation_is_updatable(c.oid, false) <> 0,
    array(
        select distinct v.relnamespace::regnamespace || '.' || v.relname
        from pg_rewrite as w
        inner join pg_depend as d on d.objid = w.oid and d.classid = 'pg_rewrite'::regclass
        inner join pg_class as v on v.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
        where w.ev_class = c.oid and v.oid <> c.oid and v.relkind = 'v'
        order by 1
    )
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where
    c.relkind in ('r', 'p', 'v', 'm', 'f')
    and (n.nspname = any(%s) or n.nspname || '.' || c.relname = any(%s))
order by n.nspname, c.relname
"""
_FUNCTIONS = """
select
    n.nspname || '.' || p.proname,
    p.oid::regprocedure::text,
    p.proargnames::text[],
    array(
        select format_type(argument.type, null)
        from unnest(p.proargtypes::oid[]) with ordinality as argument (type, place)
        order by argument.place
    )
from pg_proc as p
inner join pg_namespace as n on n.oid = p.pronamespace
where n.nspname = any(%s)
order by n.nspname, p.proname
"""
