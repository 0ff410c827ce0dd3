"""Readers go on while Redis is killed, frozen and started again."""

import asyncio
import time
from pathlib import Path

import pytest
from tests.support.cache import key, open_cache
from tests.support.redis import RedisServer

from campaignbase.cache.keys import Key
from campaignbase.cache.manager import CacheManager

READERS = 20
BRIEF, SHORT, LONG = 2.0, 4.0, 60.0  # seconds without Redis
PAUSE = 0.01


class Readers:
    """Each asks for fresh and known entries in turn, as fast as it may, and notes how long that took."""

    def __init__(self, cache: CacheManager) -> None:
        self._cache = cache
        self.took: list[float] = []
        self.errors: list[BaseException] = []
        self.wrong = 0
        self._stop = False

    async def run(self, seconds: float) -> list[float]:
        """How long each answer took, sorted."""
        self.took, self._stop = [], False
        tasks = [asyncio.create_task(self._read(number)) for number in range(READERS)]
        await asyncio.sleep(seconds)
        self._stop = True
        await asyncio.gather(*tasks)
        return sorted(self.took)

    async def _read(self, number: int) -> None:
        turn = 0
        while not self._stop:
            turn += 1
            # known ones in every tier, fresh ones in Redis alone
            wanted = (
                key(f"known {number}")
                if turn % 2
                else key(f"fresh {number} {time.monotonic()}", "api_response")
            )
            began = time.perf_counter()
            try:
                answer = await self._cache.get_or_compute(wanted, lambda key=wanted: _answer(key))
                self.wrong += answer != wanted.digest
            except Exception as error:  # noqa: BLE001 counted
                self.errors.append(error)
            self.took.append(time.perf_counter() - began)
            await asyncio.sleep(PAUSE)


async def _answer(wanted: Key) -> str:
    return wanted.digest


def p99(took: list[float]) -> float:
    return took[int(len(took) * 0.99)]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        ("killed", SHORT),
        ("frozen", BRIEF),
        pytest.param("killed", LONG, marks=pytest.mark.proof),
        pytest.param("frozen", LONG, marks=pytest.mark.proof),
    ],
)
async def test_readers_notice_nothing_of_a_redis_that_is_gone(
    file: Path, redis: RedisServer, seconds: float, fault: str
) -> None:
    async with open_cache(file, redis.url) as cache:
        readers = Readers(cache)
        before = await readers.run(min(seconds, 5) / 2)
        if fault == "killed":
            redis.kill()
            during = await readers.run(seconds)
            redis.start()
        else:
            with redis.frozen():
                during = await readers.run(seconds)
        async with asyncio.timeout(30):
            while cache.tiers[0].is_down:  # type: ignore[attr-defined]
                await asyncio.sleep(0.05)
        after = await readers.run(1)
        errors = cache.counters.of("api_response", "redis").errors
        written = cache.counters.of("api_response", "redis").bytes_written
        async with asyncio.timeout(30):  # it is used again, if at times too busy to answer
            while cache.counters.of("api_response", "redis").bytes_written == written:
                await readers.run(0.2)
    added = p99(during) - p99(before)
    print(
        f"\nRedis {fault} for {seconds:.0f} s under {READERS} readers: {len(before):,} + {len(during):,} +"
        f" {len(after):,} reads, {len(readers.errors)} errors, {readers.wrong} wrong, p99"
        f" {p99(before) * 1000:.1f} ms before, {p99(during) * 1000:.1f} during,"
        f" {p99(after) * 1000:.1f} after; Redis was missed {errors:,} times"
    )
    assert (readers.errors, readers.wrong) == ([], 0)
    if seconds == LONG:
        assert added <= 0.15
