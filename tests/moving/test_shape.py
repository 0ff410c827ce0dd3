"""What is copied, against the Postgres catalogue; values and fingerprints."""

from typing import Any

import pytest
from tests.support.postgres import Database

from campaignbase.moving.shape import LEFT_OUT, Column, Table, tables
from campaignbase.moving.values import fingerprint, plain_number

# how Postgres calls what a column of that kind holds
TYPES = {
    "text": {"text", "uuid"},
    "uuid": {"uuid"},
    "integer": {"integer", "bigint", "smallint"},
    "real": {"real", "double precision", "numeric"},
    "boolean": {"boolean"},
    "timestamp": {"timestamp with time zone"},
    "date": {"date"},
    "number": {"numeric"},
    "json": {"jsonb"},
    "array": {"ARRAY"},
    "vector": {"USER-DEFINED"},
}
COLUMNS = """
    select columns.table_name, columns.column_name, columns.data_type
    from information_schema.columns
    inner join information_schema.tables using (table_schema, table_name)
    where
        table_schema in ('public', 'private')
        and table_type = 'BASE TABLE'
        and is_generated = 'NEVER'
        and is_identity = 'NO'
"""


def test_every_column_of_every_table_is_copied(pg_database: Database) -> None:
    with pg_database.connect() as connection:
        rows = connection.execute(COLUMNS).fetchall()
    found = {(table, column): kind for table, column, kind in rows if table not in LEFT_OUT}
    copied = {(table.name, column.name): column.kind for table in tables() for column in table.columns}
    assert copied.keys() == found.keys()
    assert [name for name, kind in copied.items() if found[name] not in TYPES[kind]] == []


def test_a_table_comes_after_those_it_points_at_and_jobs_last(pg_database: Database) -> None:
    query = (
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint where contype = 'f'"
    )
    names = [table.name for table in tables()]
    with pg_database.connect() as connection:
        for child, parent in connection.execute(query).fetchall():
            child, parent = child.removeprefix("private."), parent.removeprefix("private.")
            if child != parent and {child, parent} <= {*names}:
                assert names.index(parent) < names.index(child), (child, parent)
    assert names[-1] == "jobs"
    assert [table.name for table in tables() if table.parent] == ["categories"]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1.50", "1.5"),
        ("100", "100"),
        ("1e3", "1000"),
        ("0.000", "0"),
        ("-0.0", "0"),
        ("-2.10", "-2.1"),
        ("10.0", "10"),
    ],
)
def test_numbers_are_told_one_way(text: str, plain: str) -> None:
    assert plain_number(text) == plain


@pytest.mark.parametrize(
    ("kind", "one", "other", "equal"),
    [
        ("json", '{"a": 1, "b": [1.50]}', '{"b":[1.5],"a":1}', True),
        ("json", '{"a": 1}', '{"a": "1"}', False),
        ("json", '{"a": 100000}', '{"a": 1e5}', True),
        ("json", "[1, 2]", "[2, 1]", False),
        ("number", "1.5", "1.50", True),
        ("real", 0.1, 0.10000000149011612, True),  # four bytes of it
        ("real", 0.1, 0.11, False),
        ("text", "a", "A", False),
        ("text", None, "", False),
        ("array", ["a,b"], ["a", "b"], False),
        ("vector", b"\0" * 8, b"\0" * 4, False),
    ],
)
def test_fingerprints(kind: Any, one: Any, other: Any, equal: bool) -> None:
    table = Table("t", (Column("c", kind),), ("c",))
    assert (fingerprint(table, (one,)) == fingerprint(table, (other,))) is equal
