"""A database that goes away and comes back under a running stack."""

from collections.abc import Iterator

import pytest
from tests.integration.stack.test_stack_rest import workspace_of
from tests.support import stack as stacks
from tests.support.phoenix import open_socket
from tests.support.postgres import VERSIONS, PostgresServer
from tests.support.stack import Stack


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
        answer = alone.request("POST", "/rest/v1/content_assets", token=user.token, json=new)
        assert answer.status_code == 201
        assert (await socket.change())["data"]["type"] == "INSERT"
    alone.sign_up()
    assert alone.gateway.runs()
