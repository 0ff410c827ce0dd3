"""The store on Postgres, spoken to directly with psycopg: hosted, embedded or your own."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import psycopg
from psycopg import sql
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from campaignbase.errors import InputError, NotConfiguredError, UnreachableError
from campaignbase.schema.files import migration_folder
from campaignbase.stores.calls import Json, Row, array_text, refusal
from campaignbase.stores.server import ServerStore

CONNECTIONS = 4
CONNECT_SECONDS = 10


class PostgresStore(ServerStore):
    """`campaignbase.ports.Store` over a few pooled connections.

    The role decides what it may do: a worker needs `postgres` or `service_role`.
    """

    def __init__(self, pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]], target: str) -> None:
        super().__init__()
        self._pool = pool
        self.target = target

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect and look whether the schema is there.

        Raises:
            UnreachableError: nothing answers at that address, or it refuses the role.
            NotConfiguredError: the migrations are not applied.
        """
        shown = _without_password(url)
        pool: AsyncConnectionPool[psycopg.AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            open=False,
            configure=_speak_iso,
            kwargs={"row_factory": dict_row, "autocommit": True, "connect_timeout": CONNECT_SECONDS},
        )
        try:
            # one plain connection first: the pool would retry in the background and hide the reason
            async with await psycopg.AsyncConnection.connect(url, connect_timeout=CONNECT_SECONDS) as probe:
                cursor = await probe.execute("select to_regclass('private.jobs') is not null")
                answer = await cursor.fetchone()
                newer = await _newer_migration(probe)
        except psycopg.OperationalError as error:
            raise UnreachableError(
                f"cannot connect to {shown}: {_first_line(error)}; is it running, and the role allowed in?"
            ) from None
        except psycopg.ProgrammingError as error:
            raise InputError(f"not a database URL: {shown}: {_first_line(error)}") from None
        if answer is None or not answer[0]:
            raise NotConfiguredError(
                f"the database {shown} lacks Campaignbase's schema; run: supabase db push --remote=URL"
            )
        if newer is not None:
            raise NotConfiguredError(
                f"the database {shown} has migration {newer}, which this campaignbase does not know;"
                " upgrade campaignbase"
            )
        await pool.open()
        return cls(pool, f"Postgres {shown}")

    async def close(self) -> None:
        await self._pool.close()

    async def _value(self, function: str, **arguments: Any) -> Any:
        found = await self._run(
            sql.SQL("select {} as value").format(_call(function, arguments)), _values(arguments)
        )
        return found[0]["value"]

    async def _rows(self, function: str, **arguments: Any) -> list[Row]:
        return await self._run(
            sql.SQL("select * from {}").format(_call(function, arguments)), _values(arguments)
        )

    async def _all(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, Any],
        *,
        key: str = "id",  # noqa: ARG002 there are no pages
    ) -> list[Row]:
        return await self._run(_select(table, columns, where), _values(where))

    async def _newest(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, Any],
        limit: int,
        *,
        after: Mapping[str, Any] | None = None,
        having: Mapping[str, str] | None = None,
    ) -> list[Row]:
        tests: list[sql.Composable] = [_pairs(where, " and ")] if where else []
        values = {**_values(where), "limit": limit}
        if after is not None:
            tests.append(sql.SQL("(created_at, id) < (%(after_created_at)s, %(after_id)s)"))
            values |= {"after_created_at": after["created_at"], "after_id": after["id"]}
        for column, word in (having or {}).items():
            held = sql.Placeholder(f"held_{column}")
            tests.append(sql.SQL("{} @> {}").format(sql.Identifier(column), held))
            values[f"held_{column}"] = _value_of([word])
        found = sql.SQL(" where ") + sql.SQL(" and ").join(tests) if tests else sql.Composed([])
        statement = sql.SQL("select {} from {}{} order by created_at desc, id desc limit %(limit)s")
        return await self._run(statement.format(_names(columns), _table(table), found), values)

    async def _changed(
        self, table: str, where: Mapping[str, Any], limit: int, after: Mapping[str, Any] | None
    ) -> list[Row]:
        way = sql.SQL("desc" if after is None else "asc")
        values = {**_values(where), "limit": limit}
        later = sql.SQL("")
        if after is not None:
            later = sql.SQL(" and (updated_at, id) > (%(after_updated_at)s, %(after_id)s)")
            values |= {"after_updated_at": after["updated_at"], "after_id": after["id"]}
        statement = sql.SQL(
            "select updated_at, id from {}{}{} order by updated_at {}, id {} limit %(limit)s"
        ).format(_table(table), _where(where), later, way, way)
        return await self._run(statement, values)

    async def _insert(self, table: str, values: Mapping[str, Any], columns: Sequence[str]) -> Row:
        statement = sql.SQL("insert into {} ({}) values ({}) returning {}").format(
            _table(table), _names(values), sql.SQL(", ").join(map(sql.Placeholder, values)), _names(columns)
        )
        return (await self._run(statement, _values(values)))[0]

    async def _insert_all(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        values = {f"{place}_{name}": value for place, row in enumerate(rows) for name, value in row.items()}
        slots = sql.SQL(", ").join(
            sql.SQL("({})").format(sql.SQL(", ").join(sql.Placeholder(f"{place}_{name}") for name in row))
            for place, row in enumerate(rows)
        )
        statement = sql.SQL("insert into {} ({}) values {} returning 1")
        await self._run(statement.format(_table(table), _names(rows[0]), slots), _values(values))

    async def _update_one(
        self, table: str, key: str, values: Mapping[str, Any], columns: Sequence[str]
    ) -> Row | None:
        changes = {f"new_{column}": value for column, value in values.items()}
        statement = sql.SQL("update {} set {} where id = %(id)s returning {}").format(
            _table(table), _pairs(values, ", ", "new_"), _names(columns)
        )
        found = await self._run(statement, _values({"id": key, **changes}))
        return found[0] if found else None

    async def _update(self, table: str, where: Mapping[str, Any], values: Mapping[str, Any]) -> int:
        changes = {f"new_{column}": value for column, value in values.items()}
        statement = sql.SQL("update {} set {}{} returning 1").format(
            _table(table), _pairs(values, ", ", "new_"), _where(where)
        )
        return len(await self._run(statement, _values({**where, **changes})))

    async def _delete(self, table: str, where: Mapping[str, Any]) -> int:
        statement = sql.SQL("delete from {}{} returning 1").format(_table(table), _where(where))
        return len(await self._run(statement, _values(where)))

    async def _run(self, statement: sql.Composed, values: Mapping[str, Any]) -> list[Row]:
        async with self._connection() as connection:
            return list(await (await connection.execute(statement, values)).fetchall())

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
        try:
            async with self._pool.connection(timeout=CONNECT_SECONDS) as connection:
                yield connection
        except psycopg.Error as error:
            if error.sqlstate is None:  # not said by the server
                raise self._unsaid(error) from error
            told = error.diag.message_primary or _first_line(error)
            raise refusal(self.target, error.sqlstate, told, self._hint(error)) from error
        except PoolTimeout as error:
            raise UnreachableError(f"{self.target} does not answer: {_first_line(error)}") from error
        except UnicodeEncodeError as error:
            raise InputError(f"half a surrogate pair, which no database stores: {error}") from error

    def _unsaid(self, error: psycopg.Error) -> Exception:
        if isinstance(error, psycopg.DataError):
            return InputError(_first_line(error))
        return UnreachableError(f"{self.target} does not answer: {_first_line(error)}")

    def _hint(self, error: psycopg.Error) -> str | None:
        if error.sqlstate == "42501" and not error.diag.message_hint:
            return "connect as postgres or service_role"
        return error.diag.message_hint


async def _speak_iso(connection: psycopg.AsyncConnection[DictRow]) -> None:
    """psycopg reads no times but ISO ones, and a database or role may be set to others."""
    if not (connection.info.parameter_status("DateStyle") or "ISO").startswith("ISO"):
        await connection.execute("set datestyle to ISO")


def _call(function: str, arguments: Mapping[str, Any]) -> sql.Composed:
    return sql.SQL("{}({})").format(
        _table(function),
        sql.SQL(", ").join(
            sql.SQL("{} => {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in arguments
        ),
    )


def _select(table: str, columns: Sequence[str], where: Mapping[str, Any]) -> sql.Composed:
    return sql.SQL("select {} from {}{}").format(_names(columns), _table(table), _where(where))


def _where(where: Mapping[str, Any]) -> sql.Composed:
    tests = sql.SQL(" and ").join(
        sql.SQL("{} = any({})" if isinstance(value, list) else "{} = {}").format(
            sql.Identifier(column), sql.Placeholder(column)
        )
        for column, value in where.items()
    )
    return sql.SQL(" where ") + tests if where else sql.Composed([])


def _pairs(columns: Mapping[str, Any], between: str, prefix: str = "") -> sql.Composed:
    return sql.SQL(between).join(
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(prefix + column))
        for column in columns
    )


def _names(columns: Sequence[str] | Mapping[str, Any]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _table(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Text has no type of its own here, so that Postgres reads it as whatever the place asks for."""
    return {name: _value_of(value) for name, value in values.items()}


def _value_of(value: Any) -> Any:
    if isinstance(value, Json):
        return json.dumps(value.value)
    if isinstance(value, list | tuple):
        return array_text(value)
    return value


async def _newer_migration(connection: psycopg.AsyncConnection[Any]) -> str | None:
    """The newest applied migration if it is newer than those shipped here; None where nothing is recorded."""
    known = max((path.name.split("_")[0] for path in migration_folder().glob("*.sql")), default="")
    cursor = await connection.execute(
        "select has_table_privilege(to_regclass('supabase_migrations.schema_migrations'), 'select')"
    )
    readable = await cursor.fetchone()
    if readable is None or not readable[0]:
        return None
    cursor = await connection.execute("select max(version) from supabase_migrations.schema_migrations")
    newest = await cursor.fetchone()
    return newest[0] if newest is not None and newest[0] is not None and newest[0] > known else None


def _without_password(url: str) -> str:
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return url.split("@")[-1]
    host, port = parts.get("host") or "localhost", parts.get("port") or 5432
    return f"{parts.get('user') or 'postgres'}@{host}:{port}/{parts.get('dbname') or ''}"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
