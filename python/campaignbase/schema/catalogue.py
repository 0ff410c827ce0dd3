"""What a database is, as plain values: read from the system catalogues, compared with another.

Text such as defaults, checks and definitions is what this server's Postgres prints, every name
qualified; versions print differently, so compare databases of one version.
"""

import dataclasses
import re
from collections import abc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import psycopg

SCHEMAS = ("public", "private")
_QUERIES = Path(__file__).with_suffix(".sql")
_HEADING = re.compile(r"^-- (\w+) --\n", re.MULTILINE)


@dataclass(frozen=True)
class Table:
    schema: str
    name: str
    row_security: bool
    force_row_security: bool
    replica_identity: str  # d default, n nothing, f full, i index
    owner: str
    options: list[str]
    comment: str | None


@dataclass(frozen=True)
class Column:
    """A column of a table or view; `position` counts from 1, dropped ones left out."""

    schema: str
    table: str
    name: str
    position: int
    type: str
    not_null: bool
    default: str | None
    generated: str | None  # the expression of a stored or virtual column
    identity: str  # a always, d by default, empty when none
    collation: str | None  # None is the type's own
    comment: str | None


@dataclass(frozen=True)
class Constraint:
    schema: str
    table: str
    name: str
    kind: str  # c check, f foreign key, p primary key, u unique, x exclusion
    definition: str
    columns: list[str]
    referenced_schema: str | None
    referenced_table: str | None
    referenced_columns: list[str]
    validated: bool
    comment: str | None


@dataclass(frozen=True)
class Index:
    schema: str
    table: str
    name: str
    method: str
    unique: bool
    nulls_not_distinct: bool
    keys: list[str]  # column names or expressions, in order, without opclass and direction
    predicate: str | None
    of_constraint: str | None  # the constraint that made it
    definition: str
    comment: str | None


@dataclass(frozen=True)
class Trigger:
    schema: str
    table: str
    name: str
    function: str
    enabled: str  # O yes, D no, R replica, A always
    definition: str
    comment: str | None


@dataclass(frozen=True)
class Function:
    schema: str
    name: str
    arguments: str
    arguments_with_defaults: str
    result: str | None  # None for a procedure
    language: str
    kind: str  # f function, p procedure, a aggregate, w window
    volatility: str  # i immutable, s stable, v volatile
    security_definer: bool
    strict: bool
    leakproof: bool
    parallel: str  # s safe, r restricted, u unsafe
    cost: float
    rows: float
    settings: list[str]
    owner: str
    body: str
    comment: str | None

    @property
    def signature(self) -> str:
        return f"{self.schema}.{self.name}({self.arguments})"


@dataclass(frozen=True)
class Policy:
    schema: str
    table: str
    name: str
    command: str  # r select, a insert, w update, d delete, * all
    permissive: bool
    roles: list[str]
    using: str | None
    check: str | None
    comment: str | None


@dataclass(frozen=True)
class View:
    schema: str
    name: str
    materialized: bool
    options: list[str]
    owner: str
    definition: str
    comment: str | None


@dataclass(frozen=True)
class Sequence:
    schema: str
    name: str
    type: str
    start: int
    increment: int
    cycle: bool
    owned_by: str | None  # table.column
    comment: str | None


@dataclass(frozen=True)
class Type:
    schema: str
    name: str
    written: str  # as columns and casts name it: public.mood, public."Mood"
    kind: str  # e enum, d domain, c composite, r range
    definition: str | None
    comment: str | None


@dataclass(frozen=True)
class Schema:
    name: str
    owner: str
    comment: str | None


@dataclass(frozen=True)
class Grant:
    """One privilege of one role; defaults Postgres gives by itself are spelled out."""

    kind: str  # schema, table (views too), column, sequence, function
    object: str
    grantee: str
    privilege: str
    grantable: bool


@dataclass(frozen=True)
class Publication:
    name: str
    table: str


@dataclass(frozen=True)
class Catalogue:
    """All objects of some schemas, each list in name order, columns in table order."""

    schemas: tuple[Schema, ...]
    types: tuple[Type, ...]
    sequences: tuple[Sequence, ...]
    tables: tuple[Table, ...]
    columns: tuple[Column, ...]
    constraints: tuple[Constraint, ...]
    indexes: tuple[Index, ...]
    views: tuple[View, ...]
    functions: tuple[Function, ...]
    triggers: tuple[Trigger, ...]
    policies: tuple[Policy, ...]
    grants: tuple[Grant, ...]
    publications: tuple[Publication, ...]


# the fields that tell one object of a kind from another; the rest is what it is
_KEYS: dict[type[Any], tuple[str, ...]] = {
    Schema: ("name",),
    Function: ("schema", "name", "arguments"),
    Column: ("schema", "table", "name"),
    Constraint: ("schema", "table", "name"),
    Index: ("schema", "table", "name"),
    Trigger: ("schema", "table", "name"),
    Policy: ("schema", "table", "name"),
    Grant: ("kind", "object", "grantee", "privilege"),
    Publication: ("name", "table"),
}
_CLASSES: dict[str, type[Any]] = {
    "schemas": Schema,
    "types": Type,
    "sequences": Sequence,
    "tables": Table,
    "columns": Column,
    "constraints": Constraint,
    "indexes": Index,
    "views": View,
    "functions": Function,
    "triggers": Trigger,
    "policies": Policy,
    "grants": Grant,
    "publications": Publication,
}
Row = TypeVar("Row")


def read(connection: "psycopg.Connection[Any]", schemas: abc.Sequence[str] = SCHEMAS) -> Catalogue:
    """Read the catalogue of `schemas`, and triggers on other tables that call functions of theirs."""
    queries = _queries()
    with connection.transaction():
        connection.execute("select set_config('search_path', '', true)")
        found = {
            name: tuple(_rows(connection, row, queries[name], schemas)) for name, row in _CLASSES.items()
        }
    return Catalogue(**found)


def differences(left: Catalogue, right: Catalogue) -> list[str]:
    """One line for everything that is not in both alike; empty when both are equal."""
    lines: list[str] = []
    for name in _CLASSES:
        here = {_key(row): row for row in getattr(left, name)}
        there = {_key(row): row for row in getattr(right, name)}
        for key in sorted(here.keys() | there.keys()):
            one, other = here.get(key), there.get(key)
            if one is None or other is None:
                lines.append(f"{name} {key}: only in the {'second' if one is None else 'first'}")
            elif one != other:
                lines.extend(f"{name} {key}: {detail}" for detail in _changes(one, other))
    return lines


def _rows(
    connection: "psycopg.Connection[Any]", row: type[Row], query: str, schemas: abc.Sequence[str]
) -> abc.Iterator[Row]:
    from psycopg.rows import class_row

    with connection.cursor(row_factory=class_row(row)) as cursor:
        yield from cursor.execute(query.encode(), {"schemas": list(schemas)})


def _queries() -> dict[str, str]:
    _, *parts = _HEADING.split(_QUERIES.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _key(row: object) -> str:
    fields = _KEYS.get(type(row), ("schema", "name"))
    return ".".join(str(getattr(row, field)) for field in fields)


def _changes(one: Any, other: Any) -> abc.Iterator[str]:
    for field in dataclasses.fields(one):
        here, there = getattr(one, field.name), getattr(other, field.name)
        if here != there:
            yield f"{field.name} is {here!r} in the first, {there!r} in the second"
