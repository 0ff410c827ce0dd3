"""The whole way of a webhook on the stack: REST, outbox, pg_net's poke, the edge function, the receiver."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from tests.support.postgres import Servers, load_schema
from tests.support.receiver import Receiver, receiving
from tests.support.stack import Stack, User, serving

from campaignbase.core.webhook_signature import verify
from campaignbase.local.stand_ins import net
from campaignbase.local.stand_ins.install import install, keep_secret


@pytest.fixture(scope="module")
def stack(pg_servers: Servers) -> Iterator[Stack]:
    database = pg_servers.newest.database("platform")
    install(database.admin_url)
    load_schema(database.url)
    with serving(database) as started:
        keep_secret(database.admin_url, "campaignbase_functions_url", f"{started.url}/functions/v1")
        keep_secret(database.admin_url, "campaignbase_functions_key", started.secret_key)
        yield started


@pytest.fixture
async def pg_net(stack: Stack) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(net.run(stack.admin_url, stop))
    yield
    stop.set()
    await running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def endpoint(stack: Stack, receiver: Receiver) -> tuple[User, str, str]:
    """An owner, her endpoint and its secret; only a session of its own may name loopback."""
    owner = stack.sign_up()
    with stack.connect() as connection:
        connection.execute("set campaignbase.webhooks_local = on")
        row = connection.execute(
            "insert into public.webhook_endpoints (workspace_id, name, url)"
            " select workspace_id, 'crm', %s from public.workspace_members where user_id = %s"
            " returning id::text",
            [receiver.url, owner.id],
        ).fetchone()
    assert row is not None
    asked = {"endpoint_id": row[0], "overlap_hours": 0}
    secret = stack.request("POST", "/rest/v1/rpc/rotate_webhook_secret", token=owner.token, json=asked).json()
    return owner, row[0], secret


async def test_a_message_goes_all_the_way_by_a_poke(stack: Stack, pg_net: None, receiver: Receiver) -> None:
    owner, endpoint_id, secret = endpoint(stack, receiver)
    asked = {"endpoint_id": endpoint_id}
    queued = stack.request("POST", "/rest/v1/rpc/test_webhook", token=owner.token, json=asked).json()
    rows: list[dict[str, object]] = []
    for _ in range(200):
        path = f"/rest/v1/webhook_deliveries?id=eq.{queued}"
        rows = stack.request("GET", path, token=owner.token).json()
        if rows[0]["state"] == "delivered":
            break
        await asyncio.sleep(0.1)
    assert [(row["state"], row["last_status"], row["attempt"]) for row in rows] == [("delivered", 204, 1)]
    [sent] = receiver.seen
    now = int(sent.headers["webhook-timestamp"])
    assert verify(secret, sent.headers, sent.body, now=now) == queued
    assert sent.headers["user-agent"] == "campaignbase-webhooks/edge"
    assert json.loads(sent.body)["type"] == "webhook.test"


async def test_the_function_says_what_it_did_to_who_waits(stack: Stack, receiver: Receiver) -> None:
    owner, endpoint_id, _ = endpoint(stack, receiver)
    receiver.status = 500
    asked = {"endpoint_id": endpoint_id}
    stack.request("POST", "/rest/v1/rpc/test_webhook", token=owner.token, json=asked)
    answer = stack.request("POST", "/functions/v1/deliver", key=stack.secret_key, json={"wait": True})
    assert (answer.status_code, answer.json()) == (
        200,
        {"delivered": 0, "failed": 1, "errors": ["answered 500"]},
    )


@pytest.mark.parametrize("key", ["", "sb_publishable_1", "nonsense"])
async def test_the_function_is_for_components_alone(stack: Stack, receiver: Receiver, key: str) -> None:
    assert stack.request("POST", "/functions/v1/deliver", key=key, json={}).status_code == 401
    assert receiver.seen == []


async def test_a_hostile_address_is_refused_over_rest_and_nothing_is_written(stack: Stack) -> None:
    owner = stack.sign_up()
    row = {"name": "in", "url": "https://169.254.169.254/latest/meta-data/"}
    answer = stack.request("POST", "/rest/v1/webhook_endpoints", token=owner.token, json=row)
    assert (answer.status_code, answer.json()["code"]) == (400, "22023")
    assert answer.json()["message"] == (
        "webhook 'in': url: the host must be a public name like hooks.example.com,"
        " not an address or a local name"
    )
    assert stack.request("GET", "/rest/v1/webhook_endpoints", token=owner.token).json() == []
