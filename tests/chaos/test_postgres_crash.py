"""Postgres ends sessions, crashes, is restarted unannounced, while rows come in and are labeled."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable

import httpx
import psycopg
import pytest
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished, label_vocabulary, until
from tests.chaos.writing import Writer, writer
from tests.support.postgres import PostgresServer
from tests.support.stack import Stack

LEASE_SECONDS = 2
ROWS_AT_ONCE = 10
WORKERS = 2

Fault = Callable[[PostgresServer, Stack, random.Random], Awaitable[None]]


async def end_a_session(server: PostgresServer, stack: Stack, chance: random.Random) -> None:
    """As an administrator does, and a pooler, and a failover."""
    with psycopg.connect(stack.admin_url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", [_victim(connection, chance)])


async def kill_a_backend(server: PostgresServer, stack: Stack, chance: random.Random) -> None:
    """As the system does when memory is short: Postgres ends all others and recovers from its log."""
    with psycopg.connect(stack.admin_url, autocommit=True) as connection:
        os.kill(_victim(connection, chance), signal.SIGKILL)
    await _up(stack)


async def restart(server: PostgresServer, stack: Stack, chance: random.Random) -> None:
    cluster = server.cluster
    command = ("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", cluster.data)
    await asyncio.to_thread(cluster.tools.run, *command)
    await asyncio.to_thread(cluster.start, server.port)


def _victim(connection: psycopg.Connection[tuple[int]], chance: random.Random) -> int:
    """A session of the gateway or of a worker."""
    pids = connection.execute(
        "select pid from pg_stat_activity"
        " where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()"
        " order by backend_start, pid"
    ).fetchall()
    return chance.choice(pids)[0]


async def _up(stack: Stack) -> None:
    def answers() -> bool:
        try:
            psycopg.connect(stack.admin_url).close()
        except psycopg.OperationalError:
            return False
        return True

    await until(answers, "Postgres answers again")


async def _insert(written: Writer, rows: int, chance: random.Random, pause: float) -> None:
    async with httpx.AsyncClient() as http:
        for start in range(0, rows, ROWS_AT_ONCE):
            await written.insert(http, min(ROWS_AT_ONCE, rows - start), chance)
            await asyncio.sleep(pause)


async def crash(
    server: PostgresServer,
    stack: Stack,
    workers: Fleet,
    ledger: Ledger,
    *,
    faults: list[Fault],
    rows: int,
    pause: float,
) -> None:
    """Faults come one by one, `pause` seconds apart at most, while rows come in and are labeled."""
    chance = random.Random(SEED)
    written = writer(stack, ledger)
    await label_vocabulary(stack.database_url)
    for _ in range(WORKERS):
        worker = workers.start(stack.database_url, lease=LEASE_SECONDS)
        ledger.worker(worker.name, worker.pid)
        await asyncio.to_thread(worker.wait_for_work)
    writing = asyncio.create_task(
        _insert(written, rows, random.Random(SEED), len(faults) * pause / 2 / (rows / ROWS_AT_ONCE))
    )
    for fault in faults:
        await asyncio.sleep(chance.uniform(0, pause))
        await fault(server, stack, chance)
    await writing
    await finished(stack.database_url)
    await asyncio.to_thread(workers.end_all)


async def test_a_crashing_postgres_loses_and_doubles_nothing(
    server: PostgresServer, stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults: list[Fault] = [end_a_session, kill_a_backend, restart]
    await crash(server, stack, workers, ledger, faults=faults, rows=100, pause=0.5)

    counts = await asyncio.to_thread(checked)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (100, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_postgres_that_crashes_often(
    server: PostgresServer, stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults: list[Fault] = [end_a_session] * 10 + [kill_a_backend] * 10 + [restart] * 3
    random.Random(SEED).shuffle(faults)
    await crash(server, stack, workers, ledger, faults=faults, rows=2_000, pause=6)

    counts = await asyncio.to_thread(checked)
    print(
        "\n10 sessions ended, 10 backends killed, 3 immediate restarts under"
        f" {WORKERS} workers (seed {SEED})\n{counts}"
    )
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (2_000, 0, 0)
