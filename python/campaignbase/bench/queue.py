"""Claim and finish without labels, four workers, ten jobs at a time, against procrastinate's no-op jobs."""

import asyncio
import json
import threading
import time

import psycopg

from campaignbase.bench.rows import BenchRow

WORKERS = 4
BATCH = 10
WORKSPACES = 20  # so that being fair costs what it costs
JOBS = 8_000
PEER_JOBS = 1_500


def queue_row(url: str) -> BenchRow:
    ours = _ours(url)
    return BenchRow(
        "claim + finish, 4 workers, batch 10",
        "jobs/s",
        ours,
        "procrastinate",
        asyncio.run(_peer(url)),
        ">= 10 x",
    )


def _ours(url: str) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "insert into public.workspaces (name)"
            " select 'queue ' || number from generate_series(1, %s) as number",
            (WORKSPACES,),
        )
        connection.execute("delete from private.jobs")
        connection.execute(
            """
            insert into public.content_assets (workspace_id, content)
            select workspaces.id, 'post ' || number
            from public.workspaces
            cross join generate_series(1, %s) as number
            where workspaces.name like 'queue %%'
            """,
            (JOBS // WORKSPACES,),
        )
        connection.execute("analyze")
    done = [0] * WORKERS

    def work(number: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while True:
                jobs = connection.execute(
                    "select job_id, attempt from public.claim_jobs(%s, %s)", (f"bench {number}", BATCH)
                ).fetchall()
                if not jobs:
                    return
                answers = [
                    {"job_id": job_id, "attempt": attempt, "embedding_kept": True} for job_id, attempt in jobs
                ]
                verdicts = connection.execute(
                    "select verdict from public.complete_jobs(%s)", (json.dumps(answers),)
                ).fetchall()
                done[number] += sum(1 for (verdict,) in verdicts if verdict == "accepted")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WORKERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - started
    if sum(done) != JOBS:
        raise RuntimeError(f"{sum(done)} of {JOBS} jobs were finished")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("delete from public.workspaces where name like 'queue %'")
    return JOBS / taken


async def _peer(url: str) -> float | None:
    try:
        import procrastinate
    except ImportError:
        return None
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")
    async def nothing() -> None:
        return

    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({} for _ in range(PEER_JOBS)))
        started = time.perf_counter()
        await app.run_worker_async(concurrency=WORKERS, wait=False, install_signal_handlers=False)
        return PEER_JOBS / (time.perf_counter() - started)
