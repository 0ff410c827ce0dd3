"""The drain has pg_net's strength and its weaknesses."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from tests.support.postgres import Database, PostgresServer
from tests.support.receiver import Answer, Request, receiving

from campaignbase.local.stand_ins import net
from campaignbase.local.stand_ins.install import install

WORKERS = "select count(*) from pg_stat_activity where application_name = 'pg_net'"


@pytest.fixture
def database(pg_server: PostgresServer) -> Iterator[Database]:
    made = pg_server.database("platform")
    install(made.admin_url)
    yield made
    pg_server.drop(made)


@pytest.fixture
def owner(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with database.connect() as connection:
        yield connection


@asynccontextmanager
async def draining(database: Database, faults: net.Faults | None = None):
    stop = asyncio.Event()
    running = asyncio.create_task(net.run(database.admin_url, stop, faults))
    try:
        yield
    finally:
        stop.set()
        await running


def slowly(seconds: float) -> Answer:
    def answer(_: Request) -> int:
        time.sleep(seconds)
        return 204

    return answer


async def until(happened: Callable[[], bool | Awaitable[bool]]) -> None:
    for _ in range(400):
        if happened():
            return
        await asyncio.sleep(0.025)
    raise AssertionError("it did not happen in ten seconds")


def post(owner: psycopg.Connection[Any], url: str, timeout_milliseconds: int = 5000) -> int:
    query = (
        'select net.http_post(%s, \'{"a": 1}\', headers => \'{"X-Key": "k"}\', timeout_milliseconds => %s)'
    )
    [found] = owner.execute(query, [url, timeout_milliseconds]).fetchone() or [None]
    assert found
    return int(found)


def response(owner: psycopg.Connection[Any], request: int) -> Any:
    return owner.execute(
        "select status_code, timed_out, error_msg from net._http_response where id = %s", [request]
    ).fetchone()


async def test_a_request_is_sent_after_commit_and_answered_in_a_table(database, owner):
    with receiving() as receiver:
        receiver.status = 201
        async with draining(database):
            await until(lambda: owner.execute(WORKERS).fetchone() == (1,))
            owner.execute("select net.check_worker_is_up()")
            with database.connect(autocommit=False) as writer:
                request = post(writer, receiver.url)
                await asyncio.sleep(0.2)
                assert receiver.seen == []
                writer.commit()
            await until(lambda: response(owner, request) is not None)
        assert response(owner, request) == (201, False, None)
    [sent] = receiver.seen
    assert (sent.method, sent.path, sent.body) == ("POST", "/in", b'{"a": 1}')
    assert (sent.headers["content-type"], sent.headers["x-key"]) == ("application/json", "k")
    assert sent.headers["user-agent"].startswith("pg_net/")


async def test_what_is_put_into_the_queue_directly_wakes_nobody(database, owner):
    with receiving() as receiver:
        async with draining(database):
            await asyncio.sleep(0.3)
            owner.execute(
                "insert into net.http_request_queue (method, url, timeout_milliseconds)"
                " values ('GET', %s, 1000)",
                [receiver.url],
            )
            await asyncio.sleep(0.3)
            assert receiver.seen == []
            owner.execute("select net.wake()")
            await until(lambda: len(receiver.seen) == 1)


async def test_failures_are_texts_and_nothing_is_tried_again(database, owner):
    with receiving(slowly(0.6)) as slow:
        nobody = "http://127.0.0.1:9/"
        refused, late = post(owner, nobody), post(owner, slow.url, 200)
        async with draining(database):
            await until(lambda: response(owner, late) is not None)
            assert response(owner, refused) == (None, False, "[Errno 111] Connection refused")
            assert response(owner, late) == (None, True, "Timeout of 200 ms reached.")
            await asyncio.sleep(0.3)
        assert len(slow.seen) == 1


async def test_a_crash_inside_a_batch_sends_again_what_was_sent(database, owner):
    with receiving() as receiver:
        requests = [post(owner, receiver.url) for _ in range(5)]
        async with draining(database, net.Faults(crash_after=5)):
            await until(lambda: response(owner, requests[-1]) is not None)
    assert len(receiver.seen) >= 9  # all but the last were answered before it died


async def test_a_crash_of_the_server_loses_what_waits(database, owner):
    with receiving() as receiver:
        lost = post(owner, receiver.url)
        await net.crash_server(database.admin_url)
        async with draining(database):
            later = post(owner, receiver.url)
            await until(lambda: response(owner, later) is not None)
        assert response(owner, lost) is None
        assert len(receiver.seen) == 1


async def test_answers_are_kept_for_the_time_that_is_set(database, owner):
    with psycopg.connect(database.admin_url) as admin:
        admin.execute(f"alter database {database.name} set pg_net.ttl = '1 hour'")
    with receiving() as receiver:
        async with draining(database):
            old = post(owner, receiver.url)
            await until(lambda: response(owner, old) is not None)
            owner.execute("update net._http_response set created = now() - interval '61 minutes'")
            new = post(owner, receiver.url)
            await until(lambda: response(owner, new) is not None)
        assert response(owner, old) is None


async def test_a_slow_request_holds_the_whole_batch_back(database, owner):
    """Why our pokes wait one second at most."""
    with receiving(slowly(0.8)) as slow, receiving() as fast:
        held = [post(owner, slow.url), post(owner, fast.url)]
        async with draining(database):
            await until(lambda: len(fast.seen) == 1)
            assert response(owner, held[1]) is None
            await until(lambda: response(owner, held[1]) is not None)
            assert response(owner, held[0]) is not None
