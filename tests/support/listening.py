"""What the tests of the listener share: a server, virtual time, and waiting for something to come true."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import jwt
from tests.support.fake_realtime import FakeRealtime
from tests.support.virtual_clock import VirtualClock

from campaignbase.worker.listener import Listener
from campaignbase.worker.session import Endpoint, TokenProvider

KEY = "sb_secret_of_the_test"
NOTICED = 30.0  # seconds, virtual: the longest that any failure may stay unseen


class Heard:
    """What the listener passed on and said."""

    def __init__(self) -> None:
        self.wakes = 0
        self.said: list[str] = []

    def wake(self) -> None:
        self.wakes += 1


@asynccontextmanager
async def listening(
    server: FakeRealtime,
    clock: VirtualClock,
    *,
    token: TokenProvider | None = None,
    wake: Callable[[], None] | None = None,
    random: Callable[[], float] = lambda: 0.5,
) -> AsyncIterator[tuple[Listener, Heard]]:
    heard = Heard()
    listener = Listener(Endpoint(server.url, KEY, token), clock, random=random, say=heard.said.append)
    running = asyncio.create_task(listener.run(wake or heard.wake))
    try:
        yield listener, heard
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(condition: Callable[[], bool], what: str = "it") -> None:
    """Without any virtual time going by."""
    for _ in range(5000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"waited in vain for {what}")


async def reached(clock: VirtualClock, condition: Callable[[], bool], seconds: float) -> float:
    """How many virtual seconds it took; fails when it took longer than that."""
    started = clock.monotonic()
    while not condition():
        taken = clock.monotonic() - started
        assert taken <= seconds, f"not within {seconds} s"
        await clock.advance(0.5)
        await asyncio.sleep(0.001)
    return clock.monotonic() - started


def token(clock: VirtualClock, seconds: float) -> str:
    """Of a user, ending so long from now."""
    ends = clock.now() + timedelta(seconds=seconds)
    return jwt.encode({"sub": "a", "role": "authenticated", "exp": ends}, "s" * 32, "HS256")
