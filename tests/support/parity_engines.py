"""A database of each engine that does what parity_operations says, and tells what came of it.

A sequence on Postgres is one transaction that is rolled back; on SQLite it runs on a copy in memory of a
prepared database. What the engines call differently (ids of new labels, kinds of refusals) is told by names.
"""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self

import psycopg
from psycopg.rows import DictRow, dict_row
from tests.support import parity_operations as ops
from tests.support import parity_state
from tests.support.parity_answers import Held, Label, answer, chance_of
from tests.support.parity_operations import Operation
from tests.support.parity_webhooks import Post

from campaignbase.errors import CampaignbaseError
from campaignbase.ports import Store
from campaignbase.stores.postgres import PostgresStore
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.stores.sqlite_rows import stamp
from campaignbase.testing import FakeClock

Outcome = Any  # what both engines must say alike of one operation


class Engine(ABC):
    store: Store

    def __init__(self) -> None:
        self._held: list[Held] = []  # what workers may still answer, right or late
        self._post = Post(self)

    @abstractmethod
    async def begin(self) -> None:
        """The prepared state again."""

    @abstractmethod
    async def write(self, query: str, values: tuple[Any, ...]) -> Outcome: ...

    @abstractmethod
    async def labels(self) -> dict[Label, str]: ...

    @abstractmethod
    async def keys(self) -> dict[str, str]:
        """Content the store gave ids to: id -> its source_key."""

    @abstractmethod
    async def pass_time(self) -> None: ...

    @abstractmethod
    async def postpone(self, failed: list[int]) -> None:
        """What just failed does not come back before `pass_time`."""

    @abstractmethod
    async def ask(self, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]: ...

    @abstractmethod
    async def line_up(self, deliveries: list[str]) -> None:
        """Those that are due become due in this order."""

    @abstractmethod
    async def postpone_deliveries(self, answered: list[str]) -> None:
        """As `postpone`."""

    @abstractmethod
    async def state(self) -> parity_state.State: ...

    async def run(self, operations: Iterable[Operation]) -> list[Outcome]:
        """From the prepared state on; one outcome an operation."""
        self._held = []
        self._post = Post(self)
        await self.begin()
        return [await self._do(operation) for operation in operations]

    async def _do(self, operation: Operation) -> Outcome:
        match operation:
            case ops.Write(query, values):
                return await self.write(query, values)
            case ops.Call(method, args):
                return await self.called(getattr(self.store, method)(*args))
            case ops.Claim():
                return await self._claim()
            case ops.Complete(seed):
                return await self._complete(seed)
            case ops.Release(seed):
                held = [one for one in self._held if chance_of(seed, one).random() < 0.5]
                self._held = [one for one in self._held if one not in held]
                return await self.store.release_jobs([one.job for one in held])
            case ops.Pass():
                await self.pass_time()
                return None
            case _:
                return await self._post.do(operation)

    async def called(self, call: Awaitable[Any]) -> Outcome:
        try:
            found = await call
        except CampaignbaseError as error:
            # the kind that callers know: a store may raise one of its own below it
            return next(kind.__name__ for kind in type(error).mro() if kind.__module__ == ERRORS)
        return found if isinstance(found, int) else "done"

    async def names(self) -> dict[str, str]:
        """What rows are called whose ids are each database's own."""
        return {key: " ".join(label) for label, key in (await self.labels()).items()} | await self.keys()

    async def _claim(self) -> Outcome:
        jobs = await self.store.claim_jobs("worker", 500)
        if not jobs:
            return []
        ids, names = await self.labels(), await self.names()
        claimed = [Held(names.get(job.target_id, job.target_id), job, ids) for job in jobs]
        self._held = sorted(self._held + claimed, key=lambda one: (one.job.kind, one.name, one.job.attempt))
        return sorted(
            (one.name, job.kind, job.attempt, str(job.text), str(job.content_hash), str(job.embedding_model),
             job.embedding is not None)
            for one, job in zip(claimed, jobs, strict=True)
        )  # fmt: skip

    async def _complete(self, seed: int) -> Outcome:
        """Each job at most once in one call, its newest lease or, sometimes, an older one."""
        chosen: dict[int, Held] = {}
        for one in self._held:
            if one.job.id not in chosen or chance_of(seed, one).random() < 0.8:
                chosen[one.job.id] = one
        answers = [(one, answer(one, chance_of(seed, one))) for one in chosen.values()]
        given = [(one, result) for one, result in answers if result is not None]
        verdicts = await self.store.complete_jobs([result for _, result in given])
        await self.postpone(
            [
                one.job.id
                for (one, result), verdict in zip(given, verdicts, strict=True)
                if result.failure is not None and verdict == "accepted"
            ]
        )
        # a late answer is tried a second time now and then
        gone = [one for one, _ in given if chance_of(seed, one).random() < 0.9]
        self._held = [one for one in self._held if one not in gone]
        return [(one.name, verdict) for (one, _), verdict in zip(given, verdicts, strict=True)]


class SqliteEngine(Engine):
    """SQLite in memory; another program's write goes over the same connection."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = FakeClock()
        self.store = SqliteStore(":memory:", clock=self._clock)
        self._connection = self.store._db.connection
        self._prepared = sqlite3.connect(":memory:")
        for query, values in preparation():
            self._connection.execute(query.replace("%s", "?"), _sqlite_values(values))
        self._connection.backup(self._prepared)

    async def begin(self) -> None:
        self._prepared.backup(self._connection)

    async def write(self, query: str, values: tuple[Any, ...]) -> Outcome:
        try:
            return self._connection.execute(query.replace("%s", "?"), _sqlite_values(values)).rowcount
        except sqlite3.IntegrityError:
            return REFUSED

    async def labels(self) -> dict[Label, str]:
        return {
            (table, workspace, name): key for table, workspace, name, key in self._connection.execute(LABELS)
        }

    async def keys(self) -> dict[str, str]:
        return dict(map(tuple, self._connection.execute(KEYS)))

    async def ask(self, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(query.replace("%s", "?"), values)]

    async def pass_time(self) -> None:
        self._clock.advance(PASSED)

    async def postpone(self, failed: list[int]) -> None:
        pass  # the clock stands still

    async def line_up(self, deliveries: list[str]) -> None:
        for place, key in enumerate(reversed(deliveries), start=1):
            due = stamp(self._clock.now() - timedelta(seconds=place))
            self._connection.execute(
                "update webhook_deliveries set run_at = ? where id = ? and run_at <= ?",
                (due, key, stamp(self._clock.now())),
            )

    async def postpone_deliveries(self, answered: list[str]) -> None:
        pass

    async def state(self) -> parity_state.State:
        found = {
            table: [dict(row) for row in self._connection.execute(f"select * from {table}")]
            for table in parity_state.TABLES
        }
        return parity_state.normalized(found, parity_state.sqlite_value)

    async def close(self) -> None:
        await self.store.close()
        self._prepared.close()


class PostgresEngine(Engine):
    """One connection of `postgres`, the store's and everybody's, inside one transaction a sequence."""

    def __init__(self, connection: psycopg.AsyncConnection[DictRow]) -> None:
        super().__init__()
        self._connection = connection
        self.store = PostgresStore(_OneConnection(connection), "Postgres")  # type: ignore[arg-type]
        self._begun = 0

    @classmethod
    async def open(cls, url: str) -> Self:
        return cls(await psycopg.AsyncConnection.connect(url, autocommit=True, row_factory=dict_row))

    async def begin(self) -> None:
        if self._connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            await self._connection.execute("rollback")
        if self._begun % 100 == 0:  # what was rolled back is still in the files
            await self._connection.execute("truncate public.workspaces cascade")
            for query, values in preparation():
                await self._connection.execute(query.replace(" jobs", " private.jobs"), values)
            await self._connection.execute("vacuum analyze")
        self._begun += 1
        await self._connection.execute("begin")

    async def write(self, query: str, values: tuple[Any, ...]) -> Outcome:
        try:
            async with self._connection.transaction():
                return (await self._connection.execute(query, values)).rowcount
        except (
            psycopg.IntegrityError,
            psycopg.errors.InvalidParameterValue,
            psycopg.errors.NumericValueOutOfRange,
        ):
            return REFUSED

    async def labels(self) -> dict[Label, str]:
        rows = await (await self._connection.execute(LABELS)).fetchall()
        return {(row["kind"], str(row["workspace_id"]), row["name"]): str(row["id"]) for row in rows}

    async def keys(self) -> dict[str, str]:
        return {str(row["id"]): row["key"] for row in await (await self._connection.execute(KEYS)).fetchall()}

    async def pass_time(self) -> None:
        await self._connection.execute(
            # as much earlier as SQLite's clock is later: what was due first still is
            f"update private.jobs set run_at = run_at - interval '{PASSED} seconds'".encode()
        )
        for table, columns in PASSING.items():
            moved = ", ".join(f"{column} = {column} - interval '{PASSED} seconds'" for column in columns)
            await self._connection.execute(f"update {table} set {moved}".encode())

    async def ask(self, query: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        return list(await (await self._connection.execute(query, values)).fetchall())

    async def line_up(self, deliveries: list[str]) -> None:
        await self._connection.execute(
            "update public.webhook_deliveries set run_at = now() - interval '1 second' * line.place"
            " from unnest(%s::uuid[]) with ordinality as line (id, place)"
            " where webhook_deliveries.id = line.id and run_at <= clock_timestamp()",
            (deliveries[::-1],),
        )

    async def postpone_deliveries(self, answered: list[str]) -> None:
        await self._connection.execute(
            "update public.webhook_deliveries set run_at = run_at + interval '1 hour'"
            " where id = any(%s) and state = 'waiting' and run_at > clock_timestamp()",
            (answered,),
        )

    async def postpone(self, failed: list[int]) -> None:
        await self._connection.execute(
            "update private.jobs set run_at = run_at + interval '1 hour'"
            " where id = any(%s) and state = 'waiting'",
            (failed,),
        )

    async def state(self) -> parity_state.State:
        tables = ", ".join(
            f"'{table}', (select jsonb_agg(to_jsonb({table})) from {schema}.{table})"
            for table, schema in parity_state.TABLES.items()
        )
        row = await (
            await self._connection.execute(f"select jsonb_build_object({tables})::text as found")
        ).fetchone()
        assert row is not None
        found = json.loads(row["found"])
        return parity_state.normalized(
            {table: rows or [] for table, rows in found.items()}, parity_state.postgres_value
        )

    async def close(self) -> None:
        await self._connection.close()


class _OneConnection:
    """A pool of the one connection; what a call refused is undone, as by a statement of its own."""

    def __init__(self, connection: psycopg.AsyncConnection[DictRow]) -> None:
        self._connection = connection

    @asynccontextmanager
    async def connection(self, **_: float) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
        async with self._connection.transaction():
            yield self._connection


ERRORS = CampaignbaseError.__module__

PASSED = 200_000  # seconds; more than any lease, retry or pause, and no divisor of what takes days
PASSING = {
    "public.webhook_deliveries": ("run_at", "updated_at"),
    "public.webhook_endpoints": ("failing_since", "paused_until"),
    "private.webhook_secrets": ("expires_at",),
}

WEBHOOK = "insert into webhook_endpoints (id, workspace_id, name, url, events) values (%s, %s, %s, %s, %s)"
RULE = (
    "insert into automation_rules (id, workspace_id, name, rule_type, conditions, actions) values"
    """ (%s, %s, 'tell', 'tagging', '{"contains_keyword": "two"}', '{"webhook": "crm"}')"""
)
LABELS = (
    "select 'categories' as kind, workspace_id, name, id from categories union all"
    " select 'tags', workspace_id, name, id from tags union all"
    " select 'automation_rules', workspace_id, name, id from automation_rules"
)
KEYS = (
    "select id, 'row ' || workspace_id || ' ' || source_key as key from content_assets"
    " where source_key is not null and cast(id as text) not like 'c0000000-%%'"
).replace("%%", "%")

# When one write breaks two rules, the engines tell of different ones; a trigger of SQLite names none.
REFUSED = "refused"


def preparation() -> list[tuple[str, tuple[Any, ...]]]:
    """Two workspaces with a small vocabulary and nothing to do, whatever was there before."""
    statements: list[tuple[str, tuple[Any, ...]]] = [
        ("delete from workspaces", ()),
        ("insert into workspaces (id, name) values (%s, 'default'), (%s, 'other')", (ops.HOME, ops.OTHER)),
        ("delete from automation_rules", ()),
        ("delete from tags", ()),
        ("update categories set parent_id = null", ()),
        ("delete from categories", ()),
    ]
    ids: dict[tuple[str, str], str] = {}
    for workspace, name, parent in ops.CATEGORIES:
        ids[workspace, name] = ops.label_id(len(ids))
        parent_id = None if parent is None else ids[workspace, parent]
        statements.append(
            (
                "insert into categories (id, workspace_id, name, parent_id) values (%s, %s, %s, %s)",
                (ids[workspace, name], workspace, name, parent_id),
            )
        )
    for number, (workspace, name, tag_type, aliases) in enumerate(ops.TAGS):
        statements.append(
            (
                "insert into tags (id, workspace_id, name, tag_type, aliases) values (%s, %s, %s, %s, %s)",
                (ops.label_id(len(ids) + number), workspace, name, tag_type, aliases),
            )
        )
    return [
        *statements,
        *((WEBHOOK, (ops.endpoint_id(n), *one)) for n, one in enumerate(ops.ENDPOINTS)),
        (RULE, (ops.label_id(99), ops.HOME)),
        ("delete from jobs", ()),
        ("update workspaces set vocabulary_version = 1", ()),
    ]


def _sqlite_values(values: tuple[Any, ...]) -> list[Any]:
    return [json.dumps(value) if isinstance(value, list) else value for value in values]
