"""On the offline stack: one row inserted to labeled beside a bare round trip; labeling, search over REST."""

import asyncio
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg

from campaignbase import wiring
from campaignbase.bench.pipeline import BATCH, floor
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.texts import posts
from campaignbase.models import NewContent
from campaignbase.ports import Store
from campaignbase.worker.waiting import canceled

if TYPE_CHECKING:
    from campaignbase.local.stack.stack import Stack

ROUNDS = 60
REST_ROWS = 1_000
QUERIES = 100
PATIENCE_SECONDS = 30.0
LOOK_SECONDS = 0.002


@contextmanager
def running() -> Iterator["Stack"]:
    """A stack of its own, gone afterwards."""
    from campaignbase.local.stack import stack

    with tempfile.TemporaryDirectory(prefix="campaignbase-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        started, _ = stack.start(Path(folder), 0, 18, say=lambda _: None)
        try:
            yield started
        finally:
            stack.stop(Path(folder), 18)


def latency_row(stack: "Stack") -> BenchRow:
    bare, labeled = asyncio.run(_latency(stack.server.url, stack.gateway.url, stack.keys.secret))
    return BenchRow(
        "one row inserted -> labeled, listener awake, p50",
        "ms",
        statistics.median(labeled),
        "bare realtime round trip",
        statistics.median(bare),
        "<= 3 x and <= 150 ms",
        f"p95 {_p95(labeled):.0f} ms, the round trip's {_p95(bare):.0f} ms",
    )


def rest_rows(stack: "Stack") -> list[BenchRow]:
    """Labeling, then searching what was labeled."""
    return asyncio.run(_rest(stack.server.url, stack.gateway.url, stack.keys.secret))


async def _latency(database: str, project: str, key: str) -> tuple[list[float], list[float]]:
    """(ms from insert to its event at a bare client, ms from insert to labeled)"""
    store = await wiring.open_store(database)
    try:
        workspace = await wiring.find_workspace(store, "default")
        await wiring.worker(store).run_once()  # the vectors of the vocabulary
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
            texts = iter(posts(2 * (ROUNDS + 1)))

            async def insert() -> uuid.UUID:
                answer = await connection.execute(
                    "insert into public.content_assets (workspace_id, content) values (%s, %s) returning id",
                    (workspace.id, next(texts)),
                )
                row = await answer.fetchone()
                return uuid.UUID(str(row[0] if row else None))

            async with _heard(project, key) as events:
                bare = await _timed(insert, lambda row: _event(events, row))
            await wiring.worker(store).run_once()
            async with _awake(store, project, key):
                labeled = await _timed(insert, lambda row: _labeled(connection, row))
        return bare, labeled
    finally:
        await store.close()


async def _timed(
    insert: Callable[[], Awaitable[uuid.UUID]], come: Callable[[uuid.UUID], Awaitable[None]]
) -> list[float]:
    """Milliseconds; the first round is not counted."""
    chance = random.Random(1)
    taken = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await come(await insert())
        taken.append((time.perf_counter() - started) * 1000)
        # rows come one by one, in no step with how often anybody looks
        await asyncio.sleep(chance.uniform(0.05, 0.15))
    return taken[1:]


async def _event(events: "asyncio.Queue[str]", row: uuid.UUID) -> None:
    while await events.get() != str(row):
        pass


async def _labeled(connection: psycopg.AsyncConnection[Any], row: uuid.UUID) -> None:
    query = "select from public.content_assets where id = %s and label_state <> 'queued'"
    while True:
        if await (await connection.execute(query, (row,))).fetchone() is not None:
            return
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _heard(project: str, key: str) -> "AsyncIterator[asyncio.Queue[str]]":
    """Ids of inserted rows, as a client without anything of ours is told of them."""
    from realtime import AsyncRealtimeClient, PostgresChangesPayload, RealtimePostgresChangesListenEvent

    events: asyncio.Queue[str] = asyncio.Queue()
    standing = asyncio.Event()
    client = AsyncRealtimeClient(f"{project}/realtime/v1", key)
    channel = client.channel("bench")

    def changed(change: PostgresChangesPayload) -> None:
        events.put_nowait(str((change["data"]["record"] or {})["id"]))

    channel.on_postgres_changes(
        RealtimePostgresChangesListenEvent.Insert,
        changed,
        "content_assets",
        "public",
        select=["id"],
    )
    channel.on_system(lambda _: standing.set())
    await client.connect()
    try:
        await channel.subscribe()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await standing.wait()
        yield events
    finally:
        await client.close()


@asynccontextmanager
async def _awake(store: Store, project: str, key: str) -> AsyncIterator[None]:
    """A worker that has nothing to do, and is told when it has."""
    connected = asyncio.Event()
    listener = wiring.listener(project, key, say=lambda _: connected.set())
    worker = wiring.worker(store, wakeups=listener)
    running = asyncio.create_task(worker.run_forever())
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await connected.wait()
        yield
    finally:
        worker.stop()
        await asyncio.wait({running}, timeout=PATIENCE_SECONDS)
        await canceled(running)


async def _rest(database: str, project: str, key: str) -> list[BenchRow]:
    from campaignbase.stores.supabase import SupabaseStore

    bare = await asyncio.to_thread(floor, database, REST_ROWS)
    store = await SupabaseStore.open(project, key)
    try:
        workspace = await wiring.find_workspace(store, "default")
        labeler = wiring.labeler(store)
        await labeler.drain()  # the vocabulary's own vectors
        await store.insert_content(workspace.id, [NewContent(content=text) for text in posts(REST_ROWS)])
        started = time.perf_counter()
        report = await labeler.drain(batch=BATCH)
        taken = time.perf_counter() - started
        if report.accepted != REST_ROWS:
            raise RuntimeError(f"{report.accepted} of {REST_ROWS} rows were labeled: {report.errors}")
        by_sql, by_rest = await _searched(database, store)
    finally:
        await store.close()
    labeled = BenchRow(
        "text in -> labeled over REST, batch 50",
        "rows/s",
        REST_ROWS / taken,
        "bulk update by SQL, hnsw",
        bare,
        ">= 0.4 x",
    )
    searched = BenchRow(
        f"search over REST, {REST_ROWS:,} rows, p50", "ms", by_rest, "the same call by SQL", by_sql, ""
    )
    return [labeled, searched]


async def _searched(database: str, rest: Store) -> tuple[float, float]:
    """(ms by SQL, ms over REST), taken in turns."""
    queries = np.zeros((QUERIES + 1, 1536), dtype=np.float32)
    queries[:, :256] = np.random.default_rng(1).standard_normal((QUERIES + 1, 256))
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    sql = await wiring.open_store(database)
    taken: tuple[list[float], list[float]] = ([], [])
    try:
        for query in queries:
            for store, times in zip((sql, rest), taken, strict=True):
                started = time.perf_counter()
                found = await store.semantic_search(query, 10)
                times.append((time.perf_counter() - started) * 1000)
                if len(found) != 10:
                    raise RuntimeError(f"{len(found)} rows found, expected 10")
    finally:
        await sql.close()
    return statistics.median(taken[0][1:]), statistics.median(taken[1][1:])


def _p95(taken: list[float]) -> float:
    return sorted(taken)[len(taken) * 95 // 100]
