"""One SQLite file as the source or the target of a copy."""

# ruff: noqa: S608 - what is put into queries are names of the schema

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError
from campaignbase.moving.shape import Kind, Table
from campaignbase.moving.values import Values, plain_number
from campaignbase.stores.folder_media import files_below, media_folder
from campaignbase.stores.sqlite_connection import connect, explained
from campaignbase.stores.sqlite_schema import is_shipped, prepare

AT_ONCE = 200  # keys looked up by one statement
_LOGS = "%!_!_log!_%"  # triggers that tell other processes what to read again, and keep the index of words


class SqliteSide:
    def __init__(self, path: str, *, creates: bool = False, emptied: bool = True) -> None:
        """`creates`: make a missing file; with nothing in it, or else with the workspace every new one has.

        Raises:
            NotConfiguredError: there is no such file, or it cannot be used.
        """
        self.target = f"SQLite {path}"
        self._path = path
        there = Path(path).exists()
        if not there and not creates:
            raise NotConfiguredError(f"there is no file {path}; nothing to copy from")
        self._connection = connect(path)
        self._connection.row_factory = None
        if not there:
            prepare(self._connection, path, datetime.now(UTC))
            if emptied:
                self._connection.execute("delete from workspaces")

    def close(self) -> None:
        self._connection.close()

    def check(self) -> None:
        if not is_shipped(self._connection, self._path):
            raise NotConfiguredError(
                f"{self._path} has the schema of another version of Campaignbase; bring it up to this one"
                " with any command that reads it: campaignbase workspace --database FILE"
            )

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self._connection.execute("begin")
        try:
            yield
        finally:
            self._connection.execute("rollback")

    def rows(self, table: Table, workspaces: Sequence[str] | None = None) -> Iterator[Values]:
        where = "" if workspaces is None else f"where {table.home} in (select value from json_each(?))"
        given = () if workspaces is None else (json.dumps(workspaces),)
        readers = [_READ.get(column.kind, _same) for column in table.columns]
        query = f"select {_names(table)} from {table.name} {where} order by {_order(table)}"
        for row in self._ask(query, given):
            pairs = zip(readers, row, strict=True)
            yield tuple(None if value is None else read(value) for read, value in pairs)

    def files(self, workspace_id: str) -> dict[str, int]:
        folder = media_folder(self._path)
        return {path: (folder / path).stat().st_size for path in files_below(folder, workspace_id)}

    def taken(self, table: Table, keys: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        columns = ", ".join(table.key)
        slots = ", ".join(f"({', '.join('?' * len(table.key))})" for _ in range(AT_ONCE))
        found: list[tuple[str, ...]] = []
        for start in range(0, len(keys), AT_ONCE):
            some = [*keys[start : start + AT_ONCE]]
            some += [some[0]] * (AT_ONCE - len(some))
            query = f"select {columns} from {table.name} where ({columns}) in (values {slots})"
            found += self._ask(query, [word for key in some for word in key])
        return found

    def unknown_users(self, user_ids: Iterable[str]) -> list[str]:  # noqa: ARG002 there are no accounts here
        return []

    def remove(self, workspace_id: str) -> None:
        self._ask("delete from workspaces where id = ?", (workspace_id,))

    def write(self, table: Table, rows: Sequence[Values]) -> None:
        triggers = self._ask(
            "select name, sql from sqlite_schema where type = 'trigger' and tbl_name = ?"
            " and name not like ? escape '!' order by rowid",  # they run in the order they were made in
            (table.name, _LOGS),
        ).fetchall()
        slots = ", ".join("?" * len(table.columns))
        try:
            # dropped, filled and made again in one transaction: nobody ever sees the table without them
            self._connection.execute("begin immediate")
            for name, _ in triggers:
                self._connection.execute(f'drop trigger "{name}"')
            self._connection.executemany(
                f"insert into {table.name} ({_names(table)}) values ({slots})",
                [_written(table, row) for row in rows],
            )
            for _, text in triggers:
                self._connection.execute(text)
            self._connection.execute("commit")
        except BaseException as error:
            self._roll_back()
            raise self._told(table, error) from error

    def queue(self, table: Table, rows: Sequence[Values]) -> int:
        slots = ", ".join("?" * len(table.columns))
        try:
            self._connection.execute("begin immediate")
            added = sum(
                self._connection.execute(
                    f"insert into jobs ({_names(table)}) values ({slots}) on conflict do nothing",
                    _written(table, row),
                ).rowcount
                for row in rows
            )
            self._connection.execute("commit")
        except BaseException as error:
            self._roll_back()
            raise self._told(table, error) from error
        return added

    def _ask(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise explained(error, self._path) from error

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.execute("rollback")

    def _told(self, table: Table, error: BaseException) -> BaseException:
        if not isinstance(error, sqlite3.Error):
            return error
        told: CampaignbaseError = explained(error, self._path)
        return InputError(f"{table.name}: {told}") if isinstance(told, InputError) else told


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _order(table: Table) -> str:
    first = [] if table.parent is None else [f"{table.parent} is not null"]
    return ", ".join([*first, *table.key])


def _same(value: Any) -> Any:
    return value


_READ: dict[Kind, Callable[[Any], Any]] = {
    "boolean": bool,
    "array": json.loads,
    "number": plain_number,
    "vector": bytes,
}


def _written(table: Table, row: Values) -> list[Any]:
    return [
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if column.kind == "array" and value is not None
        else value
        for column, value in zip(table.columns, row, strict=True)
    ]
