"""Rows that are there already, labeled again: how fast, and how long a row that arrives meanwhile waits."""

import asyncio
import time
from contextlib import aclosing

import psycopg

from campaignbase import wiring
from campaignbase.bench.pipeline import floor
from campaignbase.bench.rows import BenchRow
from campaignbase.bench.texts import posts
from campaignbase.models import NewContent
from campaignbase.models.backfills import Backfill, NewBackfill
from campaignbase.ports import Store
from campaignbase.worker.loop import Worker

ARRIVALS = 60
BETWEEN_SECONDS = 0.2  # rows that arrive
LOOK_SECONDS = 0.002


def backfill_rows(url: str, rows: int, arrivals: int = ARRIVALS) -> list[BenchRow]:
    bare = floor(url, rows)
    rate, during, idle = asyncio.run(_measure(url, rows, arrivals))
    return [
        BenchRow(f"backfill of {rows:,} rows", "rows/s", rate, "bulk update, hnsw", bare, ">= 0.5 x"),
        BenchRow(
            "one row inserted -> labeled meanwhile, p95",
            "ms",
            during * 1000,
            "the same without a backfill",
            idle * 1000,
            "< 2 x",
        ),
    ]


async def _measure(url: str, rows: int, arrivals: int) -> tuple[float, float, float]:
    """(rows a second, p95 meanwhile, p95 before), the latter in seconds."""
    store = await wiring.open_store(url)
    found = wiring.embedders()
    analyst = wiring.offline_analyst()
    async with (
        aclosing(found),
        wiring.open_backfiller(store, None, found, analyst) as backfiller,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
    ):
        worker = wiring.worker(store, found=found, analyst=analyst, backfiller=backfiller)
        workspace = await wiring.find_workspace(store, "default")
        await wiring.labeler(store).drain(workspace.id)  # the vocabulary's own vectors
        await _fill(connection, workspace.id, posts(rows))
        running = asyncio.create_task(worker.run_forever())
        try:
            texts = posts(2 * arrivals + 1)
            await _arrive(store, worker, connection, workspace.id, texts[:1])
            idle = await _arrive(store, worker, connection, workspace.id, texts[1 : arrivals + 1])
            await store.start_backfill(workspace.id, NewBackfill("labels", {"content_only": True}))
            await asyncio.sleep(1)
            during = await _arrive(store, worker, connection, workspace.id, texts[arrivals + 1 :])
            # from here on nothing arrives
            [before] = await store.backfills(workspace.id)
            started = time.perf_counter()
            run = await _ended(store, workspace.id)
            rate = (run.done - before.done) / (time.perf_counter() - started)
            if before.state != "running":  # so few rows that they were done while others arrived
                rate = run.done / run.seconds
            if run.done < rows:
                raise RuntimeError(f"{run.done} of {rows} rows were labeled again: {run.last_error}")
        finally:
            worker.stop()
            worker.stop()
            await running
            await store.close()
    return rate, _p95(during), _p95(idle)


async def _fill(
    connection: psycopg.AsyncConnection[tuple[object, ...]], workspace_id: str, texts: list[str]
) -> None:
    """Labeled by a machine, without vectors: those are made again too."""
    async with connection.transaction():
        await connection.execute("select set_config('campaignbase.actor', 'bench', true)")
        await connection.execute(
            "insert into public.content_assets (workspace_id, content, label_state)"
            " select %s, told.content, 'review' from unnest(%s::text[]) as told (content)",
            (workspace_id, texts),
        )
        await connection.execute("delete from private.jobs where workspace_id = %s", (workspace_id,))
    await connection.execute("analyze")


async def _arrive(
    store: Store,
    worker: Worker,
    connection: psycopg.AsyncConnection[tuple[object, ...]],
    workspace_id: str,
    texts: list[str],
) -> list[float]:
    """Seconds from the insert to the labels, a row each; the worker is woken as by Realtime."""
    taken = []
    for text in texts:
        started = time.perf_counter()
        [key] = (await store.insert_content(workspace_id, [NewContent(content=text)])).ids
        worker.wake()
        while True:
            found = await connection.execute(
                "select label_state = 'queued' from public.content_assets where id = %s", (key,)
            )
            if await found.fetchone() == (False,):
                break
            await asyncio.sleep(LOOK_SECONDS)
        taken.append(time.perf_counter() - started)
        await asyncio.sleep(BETWEEN_SECONDS)
    return taken


async def _ended(store: Store, workspace_id: str) -> Backfill:
    while True:
        [run] = await store.backfills(workspace_id)
        if run.state != "running":
            return run
        await asyncio.sleep(0.5)


def _p95(taken: list[float]) -> float:
    return sorted(taken)[max(0, round(len(taken) * 0.95) - 1)]
