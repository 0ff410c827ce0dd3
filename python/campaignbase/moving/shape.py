"""Which tables belong to workspaces, in an order they can be filled in, and what their columns hold.

Read from the shipped SQLite schema, which is translated from the Postgres catalogue: one list for both.
"""

import functools
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from campaignbase.stores.sqlite_schema import shipped_schema

Kind = Literal[
    "text", "uuid", "integer", "real", "boolean", "timestamp", "date", "number", "json", "array", "vector"
]

# how a named check of the schema tells what a column of text, integer or blob holds
_CHECKS: dict[str, Kind] = {
    "a_uuid": "uuid",
    "a_timestamp": "timestamp",
    "a_date": "date",
    "a_boolean": "boolean",
    "a_number": "number",
    "json": "json",
    "an_array": "array",
    "a_vector": "vector",
}
_CLAIM = re.compile(rf"constraint (\w+)_is_({'|'.join(_CHECKS)})\b")
# each database numbers these itself; what tells a row of theirs from another
_NUMBERED = {"jobs": ("kind", "target_id"), "webhook_secrets": ("endpoint_id", "secret")}
# of one server: what it mailed to strangers, what its processes tell each other of the cache and of requests
LEFT_OUT = frozenset(
    {
        "invitation_mails",
        "cache_invalidations",
        "cache_leases",
        "cache_counters",
        "cache_signing_keys",
        "idempotency_keys",
    }
)


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


@dataclass(frozen=True)
class Table:
    name: str
    columns: tuple[Column, ...]  # those that are written: neither generated nor numbered
    key: tuple[str, ...]
    parent: str | None = None  # a column that points at a row of the same table

    @property
    def home(self) -> str:
        """The column that names the workspace."""
        return "id" if self.name == "workspaces" else "workspace_id"

    def place(self, column: str) -> int:
        return [one.name for one in self.columns].index(column)


@functools.cache
def tables() -> tuple[Table, ...]:
    """Parents before children; `jobs` last."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.executescript(shipped_schema())
        names = [row[0] for row in scratch.execute("select name from sqlite_schema where type = 'table'")]
        found = {name: _table(scratch, name) for name in names}
        owned = {name: table for name, table in found.items() if table is not None}
        points = {
            name: {row[2] for row in scratch.execute(f'pragma foreign_key_list("{name}")')} - {name}
            for name in owned
        }
    ordered: list[Table] = []
    while len(ordered) < len(owned):
        done = {table.name for table in ordered}
        free = sorted(name for name in owned.keys() - done if points[name] <= done)
        ordered += [owned[name] for name in free]
    return tuple(sorted(ordered, key=lambda table: table.name == "jobs"))


def _table(scratch: sqlite3.Connection, name: str) -> Table | None:
    info = scratch.execute(f'pragma table_xinfo("{name}")').fetchall()
    columns = [row[1] for row in info]
    keys = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
    # what has no key holds nothing between two statements
    if not keys or (name != "workspaces" and "workspace_id" not in columns) or name in LEFT_OUT:
        return None
    (text,) = scratch.execute("select sql from sqlite_schema where name = ?", (name,)).fetchone()
    claims: dict[str, Kind] = {}
    for found in _CLAIM.finditer(text):
        column, kind = found[1].removeprefix(f"{name}_"), _CHECKS[found[2]]
        # json that must be an array has both checks
        claims[column] = "json" if "json" in (kind, claims.get(column)) else kind
    numbered = "autoincrement" in text
    if numbered and name not in _NUMBERED:
        raise LookupError(f"{name}: each database numbers its rows; say in _NUMBERED what tells them apart")
    written = [row for row in info if row[6] == 0 and not (numbered and row[1] == "id")]
    parents = [row[3] for row in scratch.execute(f'pragma foreign_key_list("{name}")') if row[2] == name]
    return Table(
        name,
        tuple(Column(row[1], claims.get(row[1]) or _declared(row[2])) for row in written),
        _NUMBERED[name] if numbered else tuple(keys),
        next((parent for parent in parents if parent != "workspace_id"), None),
    )


def _declared(kind: str) -> Kind:
    kinds: dict[str, Kind] = {"text": "text", "integer": "integer", "real": "real"}
    return kinds[kind.lower()]
