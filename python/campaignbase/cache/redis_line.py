"""One Redis, asked briefly or not at all: while it does not answer nobody waits for it.

One task asks now and then whether it is back.
"""

import asyncio
import itertools
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from campaignbase.cache.tier import TierDownError, TierRefusedError
from campaignbase.errors import InputError
from campaignbase.ports import Clock
from campaignbase.settings import without_password

T = TypeVar("T")
ANSWER_SECONDS = 0.07  # two questions of one caller stay below 150 ms
PROBE_SECONDS = 1.0  # for the one who asks whether it is back
WAITS = (0.5, 1.0, 2.0, 4.0)  # between such questions


def connect(url: str, *, patient: bool = False) -> Redis:
    """`patient`: for a connection that listens; else every answer must come at once.

    Raises:
        InputError: no redis:// URL.
    """
    seconds = None if patient else ANSWER_SECONDS * 3
    try:
        return Redis.from_url(
            url,
            socket_timeout=seconds,
            socket_connect_timeout=PROBE_SECONDS,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
            max_connections=64,
        )
    except ValueError as error:
        raise InputError(
            f"REDIS_URL {without_password(url)!r}: {error}; expected one like redis://host:6379/0"
        ) from None


class RedisLine:
    def __init__(self, client: Redis, clock: Clock) -> None:
        self.client = client
        self._clock = clock
        self._prober: asyncio.Task[None] | None = None
        self._unfinished: set[asyncio.Future[Any]] = set()

    @property
    def is_down(self) -> bool:
        return self._prober is not None

    @property
    def pool(self) -> ConnectionPool:
        return self.client.connection_pool

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Raises TierDownError, at once while Redis is known to be down."""
        if self.is_down:
            raise TierDownError("Redis did not answer lately")
        # A caller who gives up leaves the question to itself: cut off in the middle, its answer could be
        # read by the next one on that connection.
        asked: asyncio.Future[T] = asyncio.ensure_future(_all_errors(question))
        done, _ = await asyncio.wait({asked}, timeout=ANSWER_SECONDS)
        if not done:
            self._unfinished.add(asked)
            asked.add_done_callback(self._forget)
            self._go_down()
            raise TierDownError(f"Redis gave no answer in {ANSWER_SECONDS * 1000:.0f} ms")
        try:
            return asked.result()
        except TierRefusedError:
            raise
        except TierDownError:
            self._go_down()
            raise

    async def ask_or_none(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """None: Redis does not answer, or refuses."""
        try:
            return await self.ask(question)
        except TierDownError:
            return None

    async def aclose(self) -> None:
        left = [*self._unfinished, *([] if self._prober is None else [self._prober])]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self.client.aclose()

    def _forget(self, asked: asyncio.Future[Any]) -> None:
        self._unfinished.discard(asked)
        if not asked.cancelled():
            asked.exception()

    def _go_down(self) -> None:
        if self._prober is None:
            self._prober = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        for attempt in itertools.count():
            wait = WAITS[min(attempt, len(WAITS) - 1)]
            await self._clock.sleep(wait * random.uniform(0.5, 1))
            try:
                async with asyncio.timeout(PROBE_SECONDS):
                    await self.client.connection_pool.disconnect()
                    await self.client.ping()
            except (RedisError, OSError, TimeoutError):
                continue
            self._prober = None
            return


async def _all_errors(question: Callable[[], Awaitable[T]]) -> T:
    try:
        return await question()
    except ResponseError as error:  # it is there, and refuses: out of memory, read only
        raise TierRefusedError(f"Redis: {error}") from error
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        raise TierDownError(f"Redis: {error}") from error
