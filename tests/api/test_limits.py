"""Processes that share a Redis count requests together, and each alone while it is away."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import Request, Response
from limits import parse
from pydantic import SecretStr
from tests.api.conftest import settings
from tests.support.redis import RedisServer

from campaignbase import wiring
from campaignbase.api.limits import Limits, OwnCount
from campaignbase.api.problems import ProblemError
from campaignbase.cache import redis_line

# redis-py leaves a socket to the garbage collector when the server dies while it greets
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()
    gc.collect()


@pytest.fixture
async def two(redis: RedisServer) -> AsyncIterator[list[Limits]]:
    """As two processes have them, ten requests a minute."""
    with redis.client() as client:
        client.flushall()
    loaded = settings(redis_url=SecretStr(redis.url))
    made = [Limits("10/minute", wiring.redis_line(loaded), "cb:limits:x") for _ in range(2)]
    yield made
    for one in made:
        await one.aclose()


def request(address: str = "192.0.2.1") -> Request:
    return Request({"type": "http", "headers": [], "client": (address, 1)})


async def allowed(limits: Limits, identity: str = "ann") -> bool:
    try:
        await limits.count(request(), Response(), identity)
    except ProblemError as error:
        return error.status != 429 or int(error.headers["Retry-After"]) < 1
    return True


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine may be busy."""
    monkeypatch.setattr(redis_line, "ANSWER_SECONDS", 5.0)


@pytest.mark.usefixtures("patient")
async def test_two_processes_count_together(two: list[Limits]) -> None:
    assert [await allowed(two[turn % 2]) for turn in range(12)] == [True] * 10 + [False] * 2
    assert await allowed(two[0], "bo")
    response = Response()
    await two[1].count(request(), response, "bo")
    assert response.headers["RateLimit"].startswith('"default";r=8;t=')


@pytest.mark.usefixtures("patient")
async def test_one_request_counts_once(two: list[Limits]) -> None:
    asked = request()
    for _ in range(12):
        await two[0].count(asked, Response(), "ann")


@pytest.mark.usefixtures("patient")
async def test_refused_tokens_count_together(two: list[Limits]) -> None:
    for turn in range(60):
        await two[turn % 2].check_refused(request())
        await two[turn % 2].count_refused(request())
    for one in two:
        with pytest.raises(ProblemError):
            await one.check_refused(request())
        await one.check_refused(request("192.0.2.2"))


@pytest.mark.parametrize("fault", ["killed", "frozen"])
async def test_while_redis_is_away_each_counts_alone(
    two: list[Limits], redis: RedisServer, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    for turn in range(8):
        assert await allowed(two[turn % 2])
    if fault == "frozen":
        with redis.frozen():
            await alone(two)
    else:
        redis.kill()
        await alone(two)
        redis.start()
    async with asyncio.timeout(30):
        while any(one._line.is_down for one in two):  # type: ignore[union-attr]
            await asyncio.sleep(0.05)
    monkeypatch.setattr(redis_line, "ANSWER_SECONDS", 5.0)
    assert [await allowed(two[turn % 2], "bo") for turn in range(12)] == [True] * 10 + [False] * 2


async def alone(two: list[Limits]) -> None:
    """What each counted before still counts: of ten four are used."""
    took = []
    for one in two:
        for turn in range(7):
            began = time.perf_counter()
            assert await allowed(one) == (turn < 6)
            took.append(time.perf_counter() - began)
    print(f"\nwithout Redis a request waited {max(took) * 1000:.0f} ms at most")
    assert all(one._line.is_down for one in two)  # type: ignore[union-attr]  # nobody waits any more


def test_a_process_counts_a_window_that_moves_and_forgets() -> None:
    now = 1000.0
    count, rate = OwnCount(lambda: now), parse("2/minute")
    asked = []
    for now, name in [
        (0, "ann"),
        (10, "ann"),
        (20, "ann"),
        (59, "ann"),
        (60, "ann"),
        (61, "ann"),
        (61, "bo"),
    ]:
        asked.append((now, name, count.hit(rate, name)))
    assert [(at, name) for at, name, allowed in asked if not allowed] == [
        (20, "ann"),
        (59, "ann"),
        (61, "ann"),
    ]
    told = count.standing(rate, "ann")  # of 10 and 60
    assert (told.limit, told.remaining, told.reset_seconds, told.window_seconds) == (2, 0, 9, 60)
    assert count.standing(rate, "cy").remaining == 2
    now = 200.0
    count.hit(rate, "cy")
    assert list(count._asked) == [("cy",)]
