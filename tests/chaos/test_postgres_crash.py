"""Postgres ends sessions, crashes, is restarted unannounced, while rows come in and are labeled."""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest
from tests.chaos import ledger as ledgers
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet, WorkerProcess
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished, label_vocabulary, until
from tests.chaos.writing import Writer, by_sql, over_rest
from tests.support import stack as stacks
from tests.support.postgres import VERSIONS, Database, PostgresServer
from tests.support.stack import Stack

LEASE_SECONDS = 2
ROWS_AT_ONCE = 10
WORKERS = 2


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


@pytest.fixture
def project(database: Database) -> Iterator[Stack]:
    """A gateway before it."""
    started = stacks.start(database)
    yield started
    stacks.finish(started)


@dataclass
class Scene:
    """What is attacked, and how those who work there are told apart."""

    server: PostgresServer
    database: Database
    victims: str  # application_name like this
    chance: random.Random
    stack: Stack | None = None  # in front of the database

    async def end_a_session(self) -> None:
        """As an administrator does, and a pooler, and a failover."""
        victim = await self._victim()
        with psycopg.connect(self.database.admin_url, autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(%s)", [victim])

    async def kill_a_backend(self) -> None:
        """As the system does when memory is short: Postgres ends all others and recovers from its log."""
        os.kill(await self._victim(), signal.SIGKILL)
        await asyncio.sleep(0.05)
        await until(lambda: self._sessions() is not None, "Postgres answers again")

    async def restart(self) -> None:
        cluster = self.server.cluster
        command = ("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", cluster.data)
        await asyncio.to_thread(cluster.tools.run, *command)
        await asyncio.to_thread(cluster.start, self.server.port)

    async def kill_the_gateway(self) -> None:
        assert self.stack is not None
        gateway = self.stack.gateway
        await until(lambda: gateway.health() is not None, "the gateway answers")
        told = gateway.health()
        assert told is not None
        os.kill(told["pid"], signal.SIGKILL)

    async def _victim(self) -> int:
        """The backend of one session."""
        found: list[int] = []

        def connected() -> bool:
            found[:] = self._sessions() or []
            return bool(found)

        await until(connected, "somebody is connected")
        return self.chance.choice(found)

    def _sessions(self) -> list[int] | None:
        """Backends of those who work; None while Postgres is down."""
        try:
            with psycopg.connect(self.database.admin_url) as connection:
                found = connection.execute(
                    "select pid from pg_stat_activity"
                    " where backend_type = 'client backend' and application_name ~ %s"
                    " order by backend_start, pid",
                    [self.victims],
                ).fetchall()
        except psycopg.OperationalError:
            return None
        return [pid for (pid,) in found]


Fault = Callable[[Scene], Coroutine[Any, Any, None]]
FAULTS: list[Fault] = [Scene.end_a_session, Scene.kill_a_backend, Scene.restart]
MANY: list[Fault] = [Scene.end_a_session] * 10 + [Scene.kill_a_backend] * 10 + [Scene.restart] * 3


async def _insert(written: Writer, rows: int, chance: random.Random, pause: float) -> None:
    for start in range(0, rows, ROWS_AT_ONCE):
        await written.insert(min(ROWS_AT_ONCE, rows - start), chance)
        await asyncio.sleep(pause)


async def crash(
    scene: Scene,
    start: Callable[[], WorkerProcess],
    written: Writer,
    workers: Fleet,
    *,
    faults: Sequence[Fault],
    rows: int,
    pause: float,
) -> None:
    """Faults come one by one, `pause` seconds apart at most, while rows come in and are labeled."""
    await label_vocabulary(scene.database.url)
    for _ in range(WORKERS):
        worker = start()
        written.ledger.worker(worker.name, worker.pid)
        await asyncio.to_thread(worker.wait_for_work)
    writing = asyncio.create_task(
        _insert(written, rows, random.Random(SEED), len(faults) * pause / 2 / (rows / ROWS_AT_ONCE))
    )
    for fault in faults:
        await asyncio.sleep(scene.chance.uniform(0, pause))
        await fault(scene)
    await writing
    await finished(scene.database.url)
    await asyncio.to_thread(workers.end_all)


async def crash_directly(
    server: PostgresServer, database: Database, workers: Fleet, ledger: Ledger, **how: Any
) -> None:
    """Rows and labels come by SQL."""
    scene = Scene(server, database, "^w", random.Random(SEED))

    def start() -> WorkerProcess:
        return workers.start(database.url, lease=LEASE_SECONDS)

    await crash(scene, start, by_sql(database, ledger), workers, **how)


async def crash_behind_the_gateway(
    server: PostgresServer, stack: Stack, workers: Fleet, ledger: Ledger, **how: Any
) -> None:
    """Rows and labels come by REST, workers hear by realtime: what is ended are sessions of the gateway."""
    scene = Scene(server, stack.database, "^(rest|realtime)$", random.Random(SEED), stack)

    def start() -> WorkerProcess:
        return workers.start_on(stack, lease=LEASE_SECONDS)

    async with httpx.AsyncClient() as http:
        await crash(scene, start, over_rest(stack, ledger, http), workers, **how)


async def test_a_crashing_postgres_loses_and_doubles_nothing(
    server: PostgresServer, database: Database, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    await crash_directly(server, database, workers, ledger, faults=FAULTS, rows=100, pause=0.5)

    counts = await asyncio.to_thread(checked, database.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (100, 0, 0)


async def test_a_crash_behind_the_gateway_loses_and_doubles_nothing(
    server: PostgresServer, project: Stack, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults = [*FAULTS, Scene.kill_the_gateway]
    await crash_behind_the_gateway(server, project, workers, ledger, faults=faults, rows=100, pause=0.5)

    counts = await asyncio.to_thread(checked, project.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (100, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_postgres_that_crashes_often(
    server: PostgresServer, database: Database, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults = random.Random(SEED).sample(MANY, len(MANY))
    await crash_directly(server, database, workers, ledger, faults=faults, rows=2_000, pause=6)

    counts = await asyncio.to_thread(checked, database.admin_url)
    print(
        "\n10 sessions ended, 10 backends killed, 3 immediate restarts under"
        f" {WORKERS} workers (seed {SEED})\n{counts}"
    )
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (2_000, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_postgres_that_crashes_often_behind_the_gateway(
    server: PostgresServer, project: Stack, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    faults = random.Random(SEED).sample(MANY, len(MANY))
    await crash_behind_the_gateway(server, project, workers, ledger, faults=faults, rows=2_000, pause=6)

    health = project.gateway.health()
    counts = await asyncio.to_thread(checked, project.admin_url)
    print(
        "\n10 sessions ended, 10 backends killed, 3 immediate restarts behind a gateway with"
        f" {WORKERS} workers on it (seed {SEED})\n{counts}"
    )
    assert health is not None
    assert health["starts"] == 1
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (2_000, 0, 0)
