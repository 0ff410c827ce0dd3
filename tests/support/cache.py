"""A cache as one process of several has it; `python -m tests.support.cache FILE URL ROLE` is such a process.

Roles: `read N` computes what is not there, for N readers at once; `watch` tells when an entry disappears.
Each says `ready` on stdout and goes on at a line on stdin.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from campaignbase.cache import redis_line
from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.opening import OpenCache
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.models.cache import CacheState
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.wiring import SystemClock

SIGNING_KEY = "5" * 64
COMPUTE_SECONDS = 0.05


class SignedStore(SqliteStore):
    """A file that several processes share, with the key to sign with that only servers have."""

    async def cache_state(self, since: int = 0) -> CacheState:
        return replace(await super().cache_state(since), signing_key=SIGNING_KEY)


@asynccontextmanager
async def open_cache(file: Path, redis_url: str | None) -> AsyncIterator[CacheManager]:
    store = SignedStore(file, clock=SystemClock())
    opened = OpenCache(store, SystemClock())
    try:
        await opened.start(redis_url)
        yield opened.cache
    finally:
        await opened.aclose()
        await store.close()


def key(name: str, kind: str = "ai_analysis") -> Key:
    return make_key(DEFAULT_WORKSPACE_ID, kind, name)


async def wait_for_a_line() -> None:
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)


async def read(cache: CacheManager, readers: int) -> None:
    redis_line.ANSWER_SECONDS = 5.0  # the machine may be busy; each side of a missed answer computes
    await wait_for_a_line()
    computed = 0

    async def compute() -> str:
        nonlocal computed
        computed += 1
        await asyncio.sleep(COMPUTE_SECONDS)
        return "answer"

    answers = await asyncio.gather(*(cache.get_or_compute(key("cold"), compute) for _ in range(readers)))
    assert set(answers) == {"answer"}
    print(computed, flush=True)


async def watch(cache: CacheManager) -> None:
    """Each line names an entry; the answer is when it was gone, by the clock of the machine."""
    while True:
        print("ready", flush=True)
        name = (await asyncio.to_thread(sys.stdin.readline)).strip()
        if not name:
            return
        while not await cache.get(key(name)):
            await asyncio.sleep(0.001)
        print("seen", flush=True)
        while cache.memory.get(key(name), 0):
            await asyncio.sleep(0.001)
        print(time.monotonic(), flush=True)


async def main(file: str, redis_url: str, role: str, *more: str) -> None:
    async with open_cache(Path(file), redis_url) as cache:
        await (read(cache, int(more[0])) if role == "read" else watch(cache))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
