"""Every policy dropped or loosened, every grant taken away or given to more: one change of the database each.

A mutant names the lines that may notice it: those of its object, for a column those of that column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from tests.matrix.catalogue import SCHEMAS, Catalogue
from tests.matrix.cells import Line
from tests.matrix.people import Identity

CLIENTS = ("anon", "authenticated")
PRIVILEGES = ("select", "insert", "update", "delete", "truncate")


@dataclass(frozen=True)
class Mutant:
    kind: str
    statement: str
    name: str  # of the object
    column: str = ""
    verb: str = ""  # of a column: insert or update
    role: str = ""  # whose rights changed; empty: anybody's

    def asks(self, person: Identity) -> bool:
        return self.role in ("", person.role)

    def may_show_in(self, line: Line) -> bool:
        if line.name != self.name:
            return False
        return not self.column or (line.column == self.column and line.verb == f"{self.verb} column")


# Nothing of ours changes what anybody may do, yet the change cannot show: by statement, with the reason.
EXCUSED: dict[str, str] = {}


def mutants(connection: psycopg.Connection[Any], catalogue: Catalogue) -> list[Mutant]:
    found = [
        *_policies(connection),
        *_row_security(connection),
        *_views(connection),
        *_schemas(connection),
        *_tables(connection, catalogue),
        *_columns(connection, catalogue),
        *_functions(connection, catalogue),
    ]
    statements = [mutant.statement for mutant in found]
    assert len(set(statements)) == len(statements)
    assert EXCUSED.keys() <= set(statements), "an excuse for a mutant that there is not"
    return [mutant for mutant in found if mutant.statement not in EXCUSED]


def _policies(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    for name, schema, table, using, check in connection.execute(_POLICIES, [SCHEMAS]):
        where = f'"{name}" on {schema}.{table}'
        yield Mutant("policy dropped", f"drop policy {where}", f"{schema}.{table}")
        if using:
            yield Mutant("using true", f"alter policy {where} using (true)", f"{schema}.{table}")
        if check:
            yield Mutant("with check true", f"alter policy {where} with check (true)", f"{schema}.{table}")


def _row_security(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    for (name,) in connection.execute(_SECURED, [SCHEMAS]):
        yield Mutant("row security off", f"alter table {name} disable row level security", name)


def _views(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    for (name,) in connection.execute(_VIEWS, [SCHEMAS]):
        yield Mutant("security_invoker off", f"alter view {name} set (security_invoker = false)", name)


def _schemas(connection: psycopg.Connection[Any]) -> Iterator[Mutant]:
    for schema, usage in connection.execute(_SCHEMAS, [SCHEMAS]):
        for role in usage if schema != "public" else ():  # who may use that one is the platform's to say
            yield Mutant("schema revoked", f"revoke usage on schema {schema} from {role}", schema, role=role)
        for role in sorted(set(CLIENTS) - set(usage)):
            yield Mutant("schema given", f"grant usage on schema {schema} to {role}", schema, role=role)
        for role in CLIENTS:
            yield Mutant("schema given", f"grant create on schema {schema} to {role}", schema, role=role)


def _tables(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Iterator[Mutant]:
    for name, privilege, role in connection.execute(_TABLE_GRANTS, [SCHEMAS]):
        yield Mutant("grant revoked", f"revoke {privilege} on {name} from {role}", name, role=role)
    for relation in catalogue.relations.values():
        if not relation.ours:
            continue
        for role in CLIENTS:
            for privilege in PRIVILEGES:
                # such a grant on a view is nothing
                if relation.kind == "v" and (
                    privilege == "truncate" or (privilege != "select" and not relation.writable)
                ):
                    continue
                if _has(connection, "has_table_privilege", role, relation.name, privilege):
                    continue
                grant = f"grant {privilege} on {relation.name} to {role}"
                statement = _with_schema(connection, relation.name, role, grant)
                yield Mutant("grant given", statement, relation.name, role=role)


def _columns(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Iterator[Mutant]:
    for relation in catalogue.relations.values():
        if not relation.ours:
            continue
        written = relation.columns if relation.kind == "r" else ()
        for verb, columns in (("select", relation.readable), ("insert", written), ("update", written)):
            for column in columns:
                what = f"{verb} ({column}) on {relation.name}"
                for role in CLIENTS:
                    if _has(connection, "has_column_privilege", role, relation.name, column, verb):
                        if verb == "select":  # granted with the whole table, and revoked with it
                            continue
                        kind, statement = "column revoked", f"revoke {what} from {role}"
                    else:
                        grant = f"grant {what} to {role}"
                        kind, statement = "column given", _with_schema(connection, relation.name, role, grant)
                    yield Mutant(kind, statement, relation.name, column, verb, role)


def _functions(connection: psycopg.Connection[Any], catalogue: Catalogue) -> Iterator[Mutant]:
    for function in catalogue.functions.values():
        for role in (*CLIENTS, "service_role"):
            what = f"execute on function {function.signature}"
            if _has(connection, "has_function_privilege", role, function.signature, "execute"):
                yield Mutant("execute revoked", f"revoke {what} from {role}", function.name, role=role)
            elif role in CLIENTS:
                statement = _with_schema(connection, function.name, role, f"grant {what} to {role}")
                yield Mutant("execute given", statement, function.name, role=role)


def _with_schema(connection: psycopg.Connection[Any], name: str, role: str, grant: str) -> str:
    """A grant inside a schema that the role cannot reach is nothing until it can."""
    schema = name.split(".")[0]
    if _has(connection, "has_schema_privilege", role, schema, "usage"):
        return grant
    return f"grant usage on schema {schema} to {role}; {grant}"


def _has(connection: psycopg.Connection[Any], question: str, *about: str) -> bool:
    row = connection.execute(f"select {question}({', '.join(['%s'] * len(about))})", about).fetchone()
    assert row is not None
    return bool(row[0])


_POLICIES = """
select p.polname, n.nspname, c.relname, p.polqual is not null, p.polwithcheck is not null
from pg_policy as p
inner join pg_class as c on c.oid = p.polrelid
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) or n.nspname = 'storage'
order by n.nspname, c.relname, p.polname
"""
_SECURED = """
select n.nspname || '.' || c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relrowsecurity
order by 1
"""
_VIEWS = """
select n.nspname || '.' || c.relname
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%s) and c.relkind = 'v'
order by 1
"""
_SCHEMAS = """
select
    n.nspname::text,
    array(
        select role
        from unnest(array['anon', 'authenticated', 'service_role']) as role
        where has_schema_privilege(role, n.oid, 'usage')
    )
from pg_namespace as n
where n.nspname = any(%s)
order by 1
"""
_TABLE_GRANTS = """
select n.nspname || '.' || c.relname, lower(e.privilege_type), e.grantee::regrole::text
from pg_class as c
inner join pg_namespace as n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) as e
where
    n.nspname = any(%s)
    and c.relkind in ('r', 'p', 'v', 'm')
    and e.grantee in ('anon'::regrole, 'authenticated'::regrole, 'service_role'::regrole)
order by 1, 2, 3
"""
