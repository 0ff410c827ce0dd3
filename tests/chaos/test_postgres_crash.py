"""Postgres ends sessions, crashes, is restarted unannounced, while rows come in and are labeled."""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import psycopg
import pytest
from tests.chaos import ledger as ledgers
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished, label_vocabulary, until
from tests.chaos.writing import Writer, by_sql
from tests.support.postgres import VERSIONS, Database, PostgresServer

LEASE_SECONDS = 2
ROWS_AT_ONCE = 10
WORKERS = 2

Fault = Callable[[PostgresServer, Database, random.Random], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One of its own: others would notice."""
    made = PostgresServer(VERSIONS[-1])
    yield made
    made.close()


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    """Safe against crashes of Postgres, not of the machine."""
    made = server.database()
    with psycopg.connect(made.admin_url, autocommit=True) as connection:
        connection.execute(f"alter database {made.name} set synchronous_commit to on".encode())
    ledgers.watch(made.admin_url)
    yield made
    server.drop(made)


async def end_a_session(server: PostgresServer, database: Database, chance: random.Random) -> None:
    """As an administrator does, and a pooler, and a failover."""
    victim = await _victim(database, chance)
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(%s)", [victim])


async def kill_a_backend(server: PostgresServer, database: Database, chance: random.Random) -> None:
    """As the system does when memory is short: Postgres ends all others and recovers from its log."""
    os.kill(await _victim(database, chance), signal.SIGKILL)
    await asyncio.sleep(0.05)
    await until(lambda: _sessions(database) is not None, "Postgres answers again")


async def restart(server: PostgresServer, database: Database, chance: random.Random) -> None:
    cluster = server.cluster
    command = ("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", cluster.data)
    await asyncio.to_thread(cluster.tools.run, *command)
    await asyncio.to_thread(cluster.start, server.port)


async def _victim(database: Database, chance: random.Random) -> int:
    """The backend of a worker's session."""
    found: list[int] = []

    def connected() -> bool:
        found[:] = _sessions(database) or []
        return bool(found)

    await until(connected, "a worker is connected")
    return chance.choice(found)


def _sessions(database: Database) -> list[int] | None:
    """Backends of workers; None while Postgres is down."""
    try:
        with psycopg.connect(database.admin_url) as connection:
            found = connection.execute(
                "select pid from pg_stat_activity"
                " where backend_type = 'client backend' and application_name like 'w%'"
                " order by backend_start, pid"
            ).fetchall()
    except psycopg.OperationalError:
        return None
    return [pid for (pid,) in found]


async def _insert(written: Writer, rows: int, chance: random.Random, pause: float) -> None:
    for start in range(0, rows, ROWS_AT_ONCE):
        await written.insert(min(ROWS_AT_ONCE, rows - start), chance)
        await asyncio.sleep(pause)


async def crash(
    server: PostgresServer,
    database: Database,
    workers: Fleet,
    ledger: Ledger,
    *,
    faults: list[Fault],
    rows: int,
    pause: float,
) -> None:
    """Faults come one by one, `pause` seconds apart at most, while rows come in and are labeled."""
    chance = random.Random(SEED)
    written = by_sql(database, ledger)
    await label_vocabulary(database.url)
    for _ in range(WORKERS):
        worker = workers.start(database.url, lease=LEASE_SECONDS)
        ledger.worker(worker.name, worker.pid)
        await asyncio.to_thread(worker.wait_for_work)
    writing = asyncio.create_task(
        _insert(written, rows, random.Random(SEED), len(faults) * pause / 2 / (rows / ROWS_AT_ONCE))
    )
    for fault in faults:
        await asyncio.sleep(chance.uniform(0, pause))
        await fault(server, database, chance)
    await writing
    await finished(database.url)
    await asyncio.to_thread(workers.end_all)


async def test_a_crashing_postgres_loses_and_doubles_nothing(
    server: PostgresServer, database: Database, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults: list[Fault] = [end_a_session, kill_a_backend, restart]
    await crash(server, database, workers, ledger, faults=faults, rows=100, pause=0.5)

    counts = await asyncio.to_thread(checked, database.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (100, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_postgres_that_crashes_often(
    server: PostgresServer, database: Database, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults: list[Fault] = [end_a_session] * 10 + [kill_a_backend] * 10 + [restart] * 3
    random.Random(SEED).shuffle(faults)
    await crash(server, database, workers, ledger, faults=faults, rows=2_000, pause=6)

    counts = await asyncio.to_thread(checked, database.admin_url)
    print(
        "\n10 sessions ended, 10 backends killed, 3 immediate restarts under"
        f" {WORKERS} workers (seed {SEED})\n{counts}"
    )
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (2_000, 0, 0)
