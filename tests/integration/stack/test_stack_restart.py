"""A database that goes away and comes back under a running stack; a gateway that ends under its clients."""

import asyncio
import os
import random
import signal
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import psycopg
import pytest
from tests.integration.stack.test_stack_rest import workspace_of
from tests.support import stack as stacks
from tests.support.phoenix import open_socket
from tests.support.postgres import VERSIONS, PostgresServer
from tests.support.stack import PASSWORD, Stack, User

from campaignbase import wiring
from campaignbase.local.cluster import is_free

SECONDS = 20.0
CRASHES = 3
TRIES = 4


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One of its own: others would notice."""
    made = PostgresServer(VERSIONS[-1])
    yield made
    made.close()


@pytest.fixture
def alone(server: PostgresServer) -> Iterator[Stack]:
    started = stacks.start(server.database())
    yield started
    stacks.finish(started)


async def test_requests_and_changes_go_on_after_a_crash(server: PostgresServer, alone: Stack) -> None:
    user = alone.sign_up()
    new = {"content": "x", "workspace_id": workspace_of(alone, user)}
    binding = {"event": "INSERT", "schema": "public", "table": "content_assets", "select": ["id"]}
    async with open_socket(alone) as socket:
        await socket.live("x", binding, token=user.token)
        server.cluster.tools.run(
            "pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", server.cluster.data
        )
        down = alone.request("POST", "/rest/v1/content_assets", token=user.token, json=new)
        assert (down.status_code, down.json()["code"]) == (503, "PGRST001")
        server.cluster.start(server.port)
        system = await socket.event("system")  # there is a slot again; what came between is lost
        assert system["payload"]["status"] == "ok"
        changes = []
        for _ in range(
            TRIES
        ):  # that word may have been of the slot before: a row between two slots is not told
            answer = alone.request("POST", "/rest/v1/content_assets", token=user.token, json=new)
            assert answer.status_code == 201
            with suppress(TimeoutError):
                changes.append(await socket.change(seconds=SECONDS / TRIES))
                break
        assert [change["data"]["type"] for change in changes] == ["INSERT"]
    alone.sign_up()
    assert _health(alone)["starts"] == 1


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.02)


def _health(stack: Stack) -> dict[str, Any]:
    told = stack.gateway.health()
    assert told is not None
    return told


def crash(server: PostgresServer) -> None:
    server.cluster.tools.run(
        "pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate", "--pgdata", server.cluster.data
    )
    server.cluster.start(server.port)


class Load:
    """Members at work, and what each kind of request is answered, by (kind, status)."""

    def __init__(self, stack: Stack, http: httpx.AsyncClient) -> None:
        self.answers: Counter[tuple[str, int]] = Counter()
        self.inserted: set[str] = set()
        self.over = False
        self._stack = stack
        self._http = http
        self._owner, self._stranger = stack.sign_up(), stack.sign_up()
        self._workspace = workspace_of(stack, self._owner)

    async def insert_own(self) -> None:
        key = str(uuid.uuid4())
        row = {"id": key, "content": "a row of her own", "workspace_id": self._workspace}
        if await self._ask("own", "POST", "/rest/v1/content_assets", self._owner, row) == 201:
            self.inserted.add(key)

    async def insert_foreign(self) -> None:
        """What would come through if a part of it ran outside of its transaction."""
        row = {"content": "foreign", "workspace_id": self._workspace}
        await self._ask("foreign", "POST", "/rest/v1/content_assets", self._stranger, row)

    async def sign_in(self) -> None:
        given = {"email": self._owner.email, "password": PASSWORD}
        await self._ask("sign in", "POST", "/auth/v1/token?grant_type=password", None, given)

    async def list_files(self) -> None:
        await self._ask("files", "POST", "/storage/v1/object/list/media", self._owner, {"prefix": "x"})

    async def go_on(self, members: int) -> None:
        async def work(ask: Any) -> None:
            while not self.over:
                await ask()

        kinds = [self.insert_own, self.insert_foreign] * members + [self.sign_in, self.list_files]
        await asyncio.gather(*(work(ask) for ask in kinds))

    async def _ask(self, kind: str, method: str, path: str, user: User | None, body: object) -> int:
        headers = {"apikey": self._stack.publishable_key, "Prefer": "return=minimal"}
        if user is not None:
            headers["Authorization"] = f"Bearer {user.token}"
        answer = await self._http.request(method, f"{self._stack.url}{path}", json=body, headers=headers)
        self.answers[kind, answer.status_code] += 1
        assert answer.status_code != 503 or answer.headers["Retry-After"] == "1"
        return answer.status_code


async def test_a_postgres_that_crashes_under_load_is_never_answered_wrongly(
    server: PostgresServer, alone: Stack
) -> None:
    chance = random.Random(1)
    async with httpx.AsyncClient(timeout=SECONDS) as http, asyncio.timeout(60):
        load = Load(alone, http)
        members = asyncio.create_task(load.go_on(4))
        for _ in range(CRASHES):
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            await asyncio.to_thread(crash, server)
        after = len(load.inserted)
        await until(lambda: len(load.inserted) >= after + 20)
        load.over = True
        await members
    assert load.answers.keys() - {("own", 503), ("foreign", 503), ("sign in", 503), ("files", 503)} == {
        ("own", 201), ("foreign", 403), ("sign in", 200), ("files", 200)
    }  # fmt: skip
    assert load.answers["own", 503] > 0
    with psycopg.connect(alone.admin_url) as connection:
        found = connection.execute("select id::text, content from content_assets").fetchall()
    assert load.inserted <= {key for key, _ in found}
    assert {content for _, content in found} == {"a row of her own"}
    assert _health(alone)["starts"] == 1


async def test_a_gateway_that_is_killed_comes_back_and_listeners_with_it(alone: Stack) -> None:
    heard = asyncio.Event()
    listener = wiring.listener(alone.url, alone.secret_key)
    listening = asyncio.create_task(listener.run(heard.set))
    async with asyncio.timeout(SECONDS):
        await until(lambda: listener.connected)
        first = _health(alone)
        os.kill(first["pid"], signal.SIGKILL)
        await until(lambda: (alone.gateway.health() or first)["starts"] == 2)
        told = _health(alone)
        assert (told["ended"], told["supervisor"]) == ("was ended by SIGKILL", first["supervisor"])
        condition = "answers; started again 1 time, last since it was ended by SIGKILL"
        assert alone.gateway.condition() == condition
        await until(lambda: listener.sessions == 2)
        before = listener.events
        user = alone.sign_up()
        new = {"content": "x", "workspace_id": workspace_of(alone, user)}
        alone.request("POST", "/rest/v1/content_assets", token=user.token, json=new).raise_for_status()
        await until(lambda: listener.events > before)
    listening.cancel()
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})  # its connection is closed behind it
    log = (alone.folder / "logs" / "gateway.log").read_text()
    assert f"supervisor: the gateway (process {first['pid']}) was ended by SIGKILL; it is started" in log


async def test_a_gateway_outlives_no_supervisor(alone: Stack) -> None:
    os.kill(alone.gateway.pid, signal.SIGKILL)
    async with asyncio.timeout(SECONDS):
        await until(lambda: is_free(alone.gateway.port))
    assert alone.gateway.condition() == "does not answer; it is started again, and its log says why"
