# ruff: noqa: S608 - its SQL is made of names and texts of the catalogue it reads
"""Run every translated expression and view on both engines and compare the answers.

Postgres works in temporary tables inside one transaction that is rolled back; SQLite in memory.
"""

import json
import math
import random
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from campaignbase.errors import TranslationError
from campaignbase.schema.catalogue import Column, Function, Table, View
from campaignbase.schema.translate import samples
from campaignbase.schema.translate.database import Database
from campaignbase.schema.translate.kinds import Kind
from campaignbase.schema.translate.names import identifier, occurs, quoted, written
from campaignbase.schema.translate.output import Emitted
from campaignbase.schema.translate.samples import NULL, Sample

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection

VIEW_ROWS = 220
VIEW_SEED = 2  # of rows by which every spoiled view of tests/migration is noticed
MEETING = 6  # how many rows of another table a foreign key chooses from
EMPTY = 0.1  # of what may be null, the share that is
_MEMBER = re.compile(r"'((?:[^']|'')*)'::text")
_CLOCK_SECONDS = 120
_V4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class DiffersError(TranslationError):
    """The engines do not answer alike to what `where` names."""

    def __init__(self, where: str, text: str) -> None:
        super().__init__(f"{where}: {text}")
        self.where = where


def compare(connection: "Connection", database: Database, emitted: Sequence[Emitted]) -> int:
    """Compare all; the number of values compared.

    Raises:
        DiffersError: two answers differ; the text names the object, the row and both answers.
    """
    _know_enums(connection, database)
    count = 0
    with closing(sqlite3.connect(":memory:")) as memory, connection.transaction(force_rollback=True):
        connection.execute("set local timezone = 'UTC'")
        for table in database.tables:
            of_table = [one for one in emitted if one.table == (table.schema, table.name)]
            if of_table:
                count += _compare_table(connection, memory, database, table, of_table)
    views = [one for one in emitted if one.table is None]
    if views:
        with filled(connection, database, views) as compare_views:
            count += compare_views(views)
    return count


@contextmanager
def filled(
    connection: "Connection", database: Database, emitted: Sequence[Emitted]
) -> Iterator[Callable[[Sequence[Emitted]], int]]:
    """Every table with rows that suit these views; what compares views over them, as `compare` does."""
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as memory,
        connection.transaction(force_rollback=True),
    ):
        connection.execute("set local timezone = 'UTC'")
        memory.execute("begin")
        reading = _fill_all(connection, memory, database, emitted)

        def compare_views(views: Sequence[Emitted]) -> int:
            memory.execute("savepoint views")
            try:
                with connection.transaction(force_rollback=True):
                    return _compare_views(connection, memory, database, reading, views)
            finally:
                memory.execute("rollback to views")

        yield compare_views


def _know_enums(connection: "Connection", database: Database) -> None:
    """Arrays of enums are read as lists, and not as text like {a,b}."""
    from psycopg.types import TypeInfo

    for name, kind in database.types.items():
        if kind.kind == "e" and (info := TypeInfo.fetch(connection, name)) is not None:
            info.register(connection)


def _compare_table(
    connection: "Connection",
    memory: sqlite3.Connection,
    database: Database,
    table: Table,
    emitted: list[Emitted],
) -> int:
    texts = [text for one in emitted for text in (one.postgres, one.sqlite)]
    columns = [
        column for column in database.columns(table) if any(occurs(column.name, text) for text in texts)
    ]
    rows = samples.rows([samples.pool(database, column, texts) for column in columns])
    _fill(connection, memory, database, table, columns, rows)
    name = identifier(table.name)
    count = 0
    for one in emitted:
        here = _asked(
            connection, one, f"select ({one.postgres}) from pg_temp.{quoted(table.name)} order by _row"
        )
        there = _asked_here(memory, one, f"select ({one.sqlite}) from {name} order by _row")
        for row, (mine,), (other,) in zip(rows, here, there, strict=True):
            if one.ascii_only and not all(str(value.sqlite).isascii() for value in row):
                continue
            count += 1
            if not _alike(one, mine, other):
                shown = {
                    c.name: v.sqlite
                    for c, v in zip(columns, row, strict=True)
                    if occurs(c.name, one.postgres)
                }
                raise DiffersError(
                    one.where,
                    f"SQLite answers {other!r}, Postgres {mine!r} for {shown!r}; "
                    f"{one.sqlite!r} is not what {one.postgres!r} means",
                )
    return count


def _fill_all(
    connection: "Connection", memory: sqlite3.Connection, database: Database, emitted: Sequence[Emitted]
) -> list[Function]:
    """Tables, and functions that read them; the functions."""
    texts = [text for one in emitted for text in (one.postgres, one.sqlite)]
    for table in database.tables:
        columns = database.columns(table)
        keys = [column for key in database.constraints(table, "p") for column in key.columns]
        pools = [samples.pool(database, column, texts) for column in columns]
        bound = {name for key in database.constraints(table, "f") for name in key.columns}
        rows = _keyed(columns, keys, samples.rows(pools, rounds=3), _few(database, table), bound)
        _fill(connection, memory, database, table, columns, rows, keys)
    reading = list(_reading_functions(database))
    for function in reading:
        connection.execute(
            f"create function pg_temp.{function.name}({function.arguments}) returns {function.result}"
            f" language sql as $moved${_moved(database, function.body)}$moved$".encode()
        )
    return reading


def _compare_views(
    connection: "Connection",
    memory: sqlite3.Connection,
    database: Database,
    reading: Sequence[Function],
    emitted: Sequence[Emitted],
) -> int:
    names_of_views = {f"view {view.schema}.{view.name}": view.name for view in database.catalogue.views}
    count = 0
    for one in emitted:
        name = names_of_views[one.where]
        postgres = _moved(database, one.postgres, reading).rstrip().rstrip(";")
        _asked(connection, one, f"create view pg_temp.{quoted(name)} as {postgres}")
        _asked_here(memory, one, f"create view {identifier(name)} as {one.sqlite}")
        mine = _asked(connection, one, f"select * from pg_temp.{quoted(name)}")
        other = _asked_here(memory, one, f"select * from {identifier(name)}")
        left = sorted(repr(tuple(map(_rounded, map(_plain, row, one.columns)))) for row in mine)
        right = sorted(repr(tuple(map(_rounded, map(_read, row, one.columns)))) for row in other)
        count += len(left)
        if left != right:
            here = next((row for row in left if row not in right), None)
            there = next((row for row in right if row not in left), None)
            raise DiffersError(
                one.where,
                f"SQLite answers {len(right)} rows, {there} among them, and Postgres "
                f"{len(left)}, {here} among them; the translated view is not what was meant",
            )
    return count


def _few(database: Database, table: Table) -> dict[str, list[Sample]]:
    """Columns of text that hold few values: those of a closed set, and names that others point to."""
    found: dict[str, list[Sample]] = {}
    for check in database.constraints(table, "c"):
        values = _MEMBER.findall(check.definition) if "ANY (" in check.definition else []
        if len(check.columns) == 1 and values:
            found[check.columns[0]] = [Sample(value, value) for value in values]
    for key in (one for one in database.catalogue.constraints if one.kind == "f"):
        at_this_end = (key.schema, key.table) == (table.schema, table.name)
        at_that_end = (key.referenced_schema, key.referenced_table) == (table.schema, table.name)
        for name in (*key.columns * at_this_end, *key.referenced_columns * at_that_end):
            found[name] = [Sample(f"name {n}", f"name {n}") for n in range(1, MEETING + 1)]
    return found


def _keyed(
    columns: list[Column],
    keys: list[str],
    rows: Sequence[tuple[Sample, ...]],
    few: Mapping[str, Sequence[Sample]],
    bound: Collection[str],
) -> list[tuple[Sample, ...]]:
    """A few rows that meet each other in joins and conditions, and differ in their key.

    Args:
        bound: columns of foreign keys, which choose among few; others name any row.
    """
    chance = random.Random(VIEW_SEED)
    found: dict[str, tuple[Sample, ...]] = {}
    for number, row in enumerate(rows[1 : VIEW_ROWS + 1], start=1):
        place = dict(zip((column.name for column in columns), row, strict=True))
        for position, column in enumerate(columns):
            last = column.name == ([*keys, ""])[-2 if keys else 0]
            chosen = number if last else 1 + (number * (position + 2)) % MEETING
            if column.name not in (*keys, *bound):
                chosen = chance.randint(1, VIEW_ROWS)
            if column.type == "uuid":
                place[column.name] = Sample(samples.identity(chosen), str(samples.identity(chosen)))
            elif column.name in keys or re.search(r"_id$", column.name):
                is_number = column.type in ("integer", "bigint", "smallint")
                place[column.name] = Sample(chosen, chosen) if is_number else place[column.name]
                if last and column.type == "text":
                    place[column.name] = Sample(f"key {chosen}", f"key {chosen}")
            elif column.type == "text" and column.name in few:
                place[column.name] = chance.choice(few[column.name])
            if column.name not in keys and chance.random() < EMPTY:
                place[column.name] = NULL
            if (column.name in keys or column.not_null) and place[column.name] is NULL:
                place[column.name] = next(
                    (value for value in _column(rows, position) if value is not NULL), NULL
                )
        key = repr([place[name].sqlite for name in keys] or number)
        found.setdefault(key, tuple(place.values()))
    return list(found.values())


def _column(rows: Sequence[tuple[Sample, ...]], position: int) -> Iterator[Sample]:
    return (row[position] for row in rows)


def _fill(
    connection: "Connection",
    memory: sqlite3.Connection,
    database: Database,
    table: Table,
    columns: list[Column],
    rows: Sequence[tuple[Sample, ...]],
    keys: Sequence[str] = (),
) -> None:
    """The table's columns without its rules, on both engines, with the same rows."""
    types = [database.declared(column) for column in columns]
    key = f", primary key ({', '.join(map(quoted, keys))})" if keys else ""
    listed = "".join(f", {quoted(column.name)} {kind}" for column, kind in zip(columns, types, strict=True))
    connection.execute(f"create temp table {quoted(table.name)} (_row integer{listed}{key})".encode())
    into = f"pg_temp.{quoted(table.name)}".replace("%", "%%")
    places = ", ".join(["%s", *(f"%s::{kind.replace('%', '%%')}" for kind in types)])
    with connection.cursor() as cursor:
        cursor.executemany(
            f"insert into {into} values ({places})".encode(),
            [(number, *(value.postgres for value in row)) for number, row in enumerate(rows)],
        )
    storages = [database.storage(column) for column in columns]
    stored = "".join(
        f", {identifier(column.name)} {storage.sqlite}"
        + (f" collate {storage.collation}" if storage.collation else "")
        for column, storage in zip(columns, storages, strict=True)
    )
    memory.execute(f"create table {identifier(table.name)} (_row integer{stored}) strict")
    marks = ", ".join("?" * (len(columns) + 1))
    memory.executemany(
        f"insert into {identifier(table.name)} values ({marks})",
        [(number, *(value.sqlite for value in row)) for number, row in enumerate(rows)],
    )


def _reading_functions(database: Database) -> Iterator[Function]:
    """Those that expressions may call and that read tables."""
    for function in database.catalogue.functions:
        called = database.rules.calls.get(f"{function.schema}.{function.name}")
        if called is not None and "select " in called.sql and function.language == "sql":
            yield function


def _moved(database: Database, text: str, functions: Sequence[Function] = ()) -> str:
    """A query over the temporary copies instead of the tables, by the copies of functions that read them."""
    for function in functions:
        text = re.sub(rf"\b{function.schema}\.{function.name}\(", f"pg_temp.{function.name}(", text)
    relations: Sequence[Table | View] = (*database.catalogue.tables, *database.catalogue.views)
    for relation in relations:
        here = f"pg_temp.{quoted(relation.name)}".replace("\\", r"\\")
        text = re.sub(rf"{written(relation.schema, relation.name)}(?!\()", here, text)
    return text


def _asked(connection: "Connection", one: Emitted, query: str) -> list[tuple[object, ...]]:
    import psycopg

    try:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        raise DiffersError(
            one.where,
            f"Postgres refuses {one.postgres!r} for some values ({str(error).splitlines()[0]}), "
            f"where SQLite answers; guard it, as in nullif or case",
        ) from error


def _asked_here(memory: sqlite3.Connection, one: Emitted, query: str) -> list[tuple[object, ...]]:
    try:
        return memory.execute(query).fetchall()
    except sqlite3.Error as error:
        raise DiffersError(
            one.where, f"SQLite refuses {one.sqlite!r} for some values ({error}), where Postgres answers"
        ) from error


def _alike(one: Emitted, mine: object, other: object) -> bool:
    if "randomblob(" in one.sqlite:
        return isinstance(other, str) and _V4.fullmatch(other) is not None and isinstance(mine, UUID)
    if "'now'" in one.sqlite and one.kind in (Kind.TIMESTAMPTZ, Kind.TIMESTAMP, Kind.DATE):
        return _near(_plain(mine, one.kind), other)
    return _rounded(_plain(mine, one.kind)) == _rounded(_read(other, one.kind))


def _near(mine: object, other: object) -> bool:
    """Whether two times are the same but for the moment between the two questions."""
    first, second = (datetime.fromisoformat(str(value)) for value in (mine, other))
    same_form = len(str(mine)) == len(str(other))
    return same_form and abs(first - second) < timedelta(seconds=_CLOCK_SECONDS)


def _plain(value: object, kind: Kind) -> object:
    """A value of psycopg as SQLite's driver would give it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo is None else value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + ("" if value.tzinfo is None else "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S.%f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list):
        return [_plain(item, kind) for item in value]
    if isinstance(value, str) and value.startswith("[1,0,0") and kind is Kind.BYTES:
        return f"vector of {value.count(',') + 1}"
    return value


def _read(value: object, kind: Kind) -> object:
    """A value of SQLite in a form that can be compared: JSON parsed, decimal text as number."""
    if value is None:
        return None
    if kind in (Kind.JSON, Kind.ARRAY) and isinstance(value, str):
        return json.loads(value)
    if kind is Kind.DECIMAL:
        return float(str(value))
    if kind is Kind.BYTES and isinstance(value, bytes) and value[:4] == b"\x00\x00\x80?":
        return f"vector of {len(value) // 4}"
    return value


def _rounded(value: object) -> object:
    if isinstance(value, int | float) and math.isfinite(value):
        return float(f"{float(value):.9g}")
    return value
