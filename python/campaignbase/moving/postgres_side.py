"""One Postgres as the source or the target of a copy: as `postgres`, who owns the tables, no superuser."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import psycopg
from psycopg import sql

from campaignbase.core.vectors import from_pgvector, pack, to_pgvector
from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, UnreachableError
from campaignbase.moving.shape import Kind, Table, tables
from campaignbase.moving.values import Values, plain_number
from campaignbase.schema import apply
from campaignbase.schema.connection import connect
from campaignbase.settings import without_password

LOCK_SECONDS = 10
FETCHED = 500  # rows at once

# null where the hash was to be computed by the next claim, which SQLite does
_HASHES = """
    update private.jobs
    set content_hash = private.content_hash(target.words)
    from (
        select id, private.asset_text(content, prompt, alt_text, file_path) as words, workspace_id
        from public.content_assets
        union all
        select
            id,
            private.campaign_text(name, content_style, visual_style, hashtag_strategy, cta_pattern),
            workspace_id
        from public.campaigns
        union all
        select id, private.label_text(name, description, keywords), workspace_id from public.categories
        union all
        select id, private.label_text(name, description, keywords), workspace_id from public.tags
    ) as target
    where jobs.target_id = target.id and jobs.content_hash is null and jobs.workspace_id = any(%s::uuid[])
"""


class PostgresSide:
    def __init__(self, url: str) -> None:
        """Raises UnreachableError, NotConfiguredError."""
        self.target = f"Postgres {without_password(url)}"
        self._connection: psycopg.Connection[Any] = connect(url, autocommit=True)
        self._connection.prepare_threshold = None  # a pooler may stand between
        self._connection.execute("set statement_timeout = 0")
        self._schemas: dict[str, str] = {}

    def close(self) -> None:
        self._connection.close()

    def check(self) -> None:
        here = {
            (str(table), str(column)): str(schema)
            for schema, table, column in self._ask(
                "select table_schema, table_name, column_name from information_schema.columns"
                " where table_schema in ('public', 'private')"
            )
        }
        wanted = {(table.name, column.name) for table in tables() for column in table.columns}
        if missing := sorted(wanted - here.keys()):
            raise NotConfiguredError(
                f"{self.target} lacks {'.'.join(missing[0])}: its schema is not this version's;"
                " apply the migrations: supabase db push --remote"
            )
        self._schemas = {name: here[name, column] for name, column in wanted}
        self._check_migrations()

    def _check_migrations(self) -> None:
        known = "select to_regclass('supabase_migrations.schema_migrations') is not null"
        history = self._ask(known).fetchone()
        if history is None or not history[0]:  # loaded from sql/, the columns say it all
            return
        applied = {
            str(row[0]) for row in self._ask("select version from supabase_migrations.schema_migrations")
        }
        ours = {migration.version for migration in apply.migrations()}
        newer = {version for version in applied if version > max(ours)}
        if newer or not ours <= applied:
            what = (
                f"has migration {max(newer)}, which this package does not know"
                if newer
                else (f"lacks migration {min(ours - applied)}")
            )
            fix = "pip install --upgrade campaignbase" if newer else "supabase db push --remote"
            raise NotConfiguredError(f"{self.target} {what}: {fix}")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._explained("read"), self._connection.transaction():
            self._connection.execute("set transaction isolation level repeatable read, read only")
            yield

    def rows(self, table: Table, workspaces: Sequence[str] | None = None) -> Iterator[Values]:
        where = (
            sql.SQL("")
            if workspaces is None
            else sql.SQL(" where {} = any(%s::uuid[])").format(sql.Identifier(table.home))
        )
        columns = [
            sql.SQL(_SELECT.get(column.kind, "{}")).format(sql.Identifier(column.name))
            for column in table.columns
        ]
        query = sql.SQL("select {} from {}{} order by {}").format(
            sql.SQL(", ").join(columns), self._name(table), where, self._order(table)
        )
        readers = [_READ.get(column.kind, _same) for column in table.columns]
        with (
            self._explained(table.name),
            self._connection.transaction(),
            self._connection.cursor(name="campaignbase_copy") as cursor,
        ):
            cursor.itersize = FETCHED
            for row in cursor.execute(query, None if workspaces is None else [list(workspaces)]):
                yield tuple(
                    None if value is None else read(value) for read, value in zip(readers, row, strict=True)
                )

    def files(self, workspace_id: str) -> dict[str, int]:
        found: dict[str, int] = {}
        query = "select name, coalesce(size, 0) from public.workspace_media(%s, %s)"
        while page := self._ask(query, [workspace_id, max(found, default=None)]).fetchall():
            found |= {str(name): int(size) for name, size in page}
        return found

    def taken(self, table: Table, keys: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
        if not keys:
            return []
        match = sql.SQL(" and ").join(
            sql.SQL("kept.{0} = given.{0}").format(sql.Identifier(name)) for name in table.key
        )
        query = sql.SQL("select {} from {} as kept inner join ({}) as given on {}").format(
            sql.SQL(", ").join(sql.SQL("kept.{}::text").format(sql.Identifier(name)) for name in table.key),
            self._name(table),
            sql.SQL("select * from jsonb_populate_recordset(null::{}, %s)").format(self._name(table)),
            match,
        )
        given = json.dumps([dict(zip(table.key, key, strict=True)) for key in keys])
        return [tuple(row) for row in self._ask(query, [given])]

    def unknown_users(self, user_ids: Iterable[str]) -> list[str]:
        query = (
            "select wanted::text from unnest(%s::uuid[]) as wanted"
            " where not exists (select from auth.users where users.id = wanted) order by 1"
        )
        return [str(row[0]) for row in self._ask(query, [list(user_ids)])]

    def remove(self, workspace_id: str) -> None:
        self._ask("delete from public.workspaces where id = %s", [workspace_id])

    def write(self, table: Table, rows: Sequence[Values]) -> None:
        # of the owner's triggers only, for this transaction only: foreign keys and checks still hold
        switch = sql.SQL("alter table {} {} trigger user")
        with self._explained(table.name), self._connection.transaction():
            self._connection.execute(sql.SQL("set local lock_timeout = {}").format(f"{LOCK_SECONDS}s"))
            self._connection.execute(switch.format(self._name(table), sql.SQL("disable")))
            self._copy(table, rows)
            self._connection.execute(switch.format(self._name(table), sql.SQL("enable")))

    def queue(self, table: Table, rows: Sequence[Values]) -> int:
        home = table.place(table.home)
        with self._explained(table.name), self._connection.transaction():
            present = set(
                self.taken(table, [tuple(row[table.place(name)] for name in table.key) for row in rows])
            )
            new = [row for row in rows if tuple(row[table.place(name)] for name in table.key) not in present]
            self._copy(table, new)
            self._connection.execute(_HASHES, [sorted({row[home] for row in new})])
        return len(new)

    def _copy(self, table: Table, rows: Sequence[Values]) -> None:
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        writers = [_WRITE.get(column.kind, _same) for column in table.columns]
        statement = sql.SQL("copy {} ({}) from stdin").format(self._name(table), columns)
        with self._connection.cursor() as cursor, cursor.copy(statement) as copying:
            for row in rows:
                copying.write_row(
                    [
                        None if value is None else write(value)
                        for write, value in zip(writers, row, strict=True)
                    ]
                )

    def _name(self, table: Table) -> sql.Identifier:
        return sql.Identifier(self._schemas[table.name], table.name)

    def _order(self, table: Table) -> sql.Composed:
        first = (
            [] if table.parent is None else [sql.SQL("{} is not null").format(sql.Identifier(table.parent))]
        )
        kinds = {column.name: column.kind for column in table.columns}
        # uuids and dates sort as their text does in bytes; words would sort by the database's language
        keys = [
            sql.SQL("{}{}").format(
                sql.Identifier(name),
                sql.SQL("" if self._sorts_as_text(name, kinds[name]) else ' collate "C"'),
            )
            for name in table.key
        ]
        return sql.SQL(", ").join([*first, *keys])

    @staticmethod
    def _sorts_as_text(name: str, kind: Kind) -> bool:
        return kind in ("uuid", "date") or name.endswith("_id")

    def _ask(self, query: Any, values: Sequence[Any] | None = None) -> psycopg.Cursor[Any]:
        with self._explained("read"):
            return self._connection.execute(query, values)

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except CampaignbaseError:
            raise
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotConfiguredError(
                f"{self.target}: {_first(error)}; connect as the role that owns the tables, postgres"
            ) from error
        except psycopg.errors.LockNotAvailable as error:
            raise UnreachableError(
                f"{self.target}: {what} is in use; stop the workers and try again"
            ) from error
        except psycopg.OperationalError as error:
            raise UnreachableError(f"{self.target} does not answer: {_first(error)}") from error
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
            raise InputError(f"{self.target}: {what}: {_first(error)}{detail}") from error


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _same(value: Any) -> Any:
    return value


_SELECT: dict[Kind, LiteralString] = {
    "text": "{}::text",
    "uuid": "{}::text",
    "real": "{}::text",
    "date": "{}::text",
    "timestamp": """to_char({} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "number": "{}::text",
    "json": "{}::text",
    "array": "array_to_json({})::text",
    "vector": "{}::text",
}
_READ: dict[Kind, Callable[[Any], Any]] = {
    "real": float,
    "number": plain_number,
    "array": json.loads,
    "vector": lambda text: pack(from_pgvector(text)),
}
_WRITE: dict[Kind, Callable[[Any], Any]] = {
    "vector": lambda blob: to_pgvector(np.frombuffer(blob, dtype="<f4")),
}
