"""A cache that is open: its tiers connected, its background work going on, its account written at the end."""

import asyncio
from collections.abc import Callable
from typing import Any

from campaignbase.cache.agreement import Agreement
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.memory import DEFAULT_ITEMS, Memory
from campaignbase.cache.table import TableTier
from campaignbase.errors import CampaignbaseError, NotConfiguredError, UnreachableError
from campaignbase.ports import Clock
from campaignbase.ports.cache import CacheStore

COUNT_SECONDS = 30.0
PURGE_SECONDS = 300.0
PURGE_BATCH = 1000


class OpenCache:
    """The manager is `.cache`; close this when done."""

    def __init__(self, store: CacheStore, clock: Clock, *, items: int = DEFAULT_ITEMS) -> None:
        self._store = store
        self._clock = clock
        self._tasks: list[asyncio.Task[Any]] = []
        self._redis: Any = None
        self._agreement = Agreement(store, clock, self._on_wrong)
        table = TableTier(store, clock)
        self.cache = CacheManager(clock, self._agreement, [table], memory=Memory(items))

    def _on_wrong(self, scopes: Any) -> None:
        self.cache.drop(scopes)

    async def start(self, redis_url: str | None = None, say: Callable[[str], None] | None = None) -> None:
        """Without Redis, or where it does not answer, memory and the table serve; memory alone for a role
        that may not use the table.

        Raises:
            InputError: `redis_url` is none.
            NotConfiguredError: the package redis is missing.
            UnreachableError: the database does not answer.
        """
        try:
            await self._agreement.load()
        except UnreachableError:
            raise
        except CampaignbaseError as error:
            self.cache.tiers.clear()
            if say is not None:
                say(f"answers of providers are kept in memory only: {error}")
            return
        if redis_url is not None and self._agreement.signing_key is None:
            if say is not None:
                say("REDIS_URL is set and not used: a SQLite file is one machine's")
        elif redis_url is not None and self._agreement.signing_key is not None:
            try:
                from campaignbase.cache.opening_redis import OpenRedis  # of an extra
            except ImportError as error:
                raise NotConfiguredError(
                    f"REDIS_URL is set, and the package {error.name} is missing;"
                    " run: pip install 'campaignbase[supabase]'"
                ) from None
            self._redis = OpenRedis(redis_url, self._clock, self._agreement.signing_key)
            self.cache.tiers.insert(0, self._redis.tier)
            self._agreement.redis = self._redis.tier
            self._tasks.append(
                asyncio.create_task(self._agreement.keep_listening(self._redis.tier, self._redis.listening))
            )
            if say is not None and not await self._redis.answers():
                say("Redis does not answer; the cache goes on without it and looks again now and then")
        for work in (self._agreement.keep_reading(), self._keep_counting(), self._keep_purging()):
            self._tasks.append(asyncio.create_task(work))

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.cache.settle()
        if self.cache.tiers:
            await self.write_counts()
        if self._redis is not None:
            await self._redis.aclose()

    async def write_counts(self) -> None:
        counts, reads = self.cache.counters.take()
        if not counts and not reads:
            return
        try:
            await self._store.count_cache(counts, reads)
        except CampaignbaseError:
            self.cache.counters.put_back(counts, reads)

    async def _keep_counting(self) -> None:
        while True:
            await self._clock.sleep(COUNT_SECONDS)
            await self.write_counts()

    async def _keep_purging(self) -> None:
        while True:
            await self._clock.sleep(PURGE_SECONDS)
            try:
                while await self._store.purge_cache(PURGE_BATCH) == PURGE_BATCH:
                    await self._clock.sleep(0.1)
            except CampaignbaseError:
                continue
