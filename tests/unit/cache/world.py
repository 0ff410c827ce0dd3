"""Processes with a cache over tiers that are dictionaries, on a clock that stands still."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

import pytest

from campaignbase.cache.agreement import Agreement
from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.manager import LEASE_SECONDS, CacheManager
from campaignbase.cache.tier import TierDownError, TierName
from campaignbase.cache.values import Entry
from campaignbase.errors import UnreachableError
from campaignbase.models.cache import CacheState
from campaignbase.testing import FakeClock


class DictTier:
    def __init__(self, name: TierName, clock: FakeClock) -> None:
        self.name: TierName = name
        self.entries: dict[str, Entry] = {}
        self.leases: dict[str, str] = {}
        self.down = False
        self.asked: list[str] = []
        self.before_lease: Callable[[], Awaitable[object]] | None = None  # once
        self._clock = clock

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.down:
            raise TierDownError(self.name)

    async def read(self, keys: Sequence[Key]) -> dict[str, Entry]:
        self._ask("read")
        now = self._clock.now().timestamp()
        found = {key.digest: self.entries[key.digest] for key in keys if key.digest in self.entries}
        return {digest: entry for digest, entry in found.items() if entry.expires > now}

    async def write(self, entries: Mapping[Key, Entry]) -> None:
        self._ask("write")
        for key, entry in entries.items():
            self.entries[key.digest] = entry
            self.leases.pop(key.digest, None)

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> tuple[set[str], dict[str, Entry]]:
        if self.before_lease is not None:
            meanwhile, self.before_lease = self.before_lease, None
            await meanwhile()
        self._ask("lease")
        assert seconds == LEASE_SECONDS
        free = {key.digest for key in keys if key.digest not in self.leases}
        self.leases |= dict.fromkeys(free, owner)
        return free, {digest: self.entries[digest] for digest in free & self.entries.keys()}

    async def release(self, keys: Sequence[Key], owner: str) -> None:
        self._ask("release")
        for key in keys:
            if self.leases.get(key.digest) == owner:
                del self.leases[key.digest]


class Account:
    """Of what was declared wrong: that part of a CacheStore."""

    def __init__(self) -> None:
        self.scopes: dict[str, int] = {}
        self.epoch = 0
        self.down = False

    async def cache_state(self, since: int = 0) -> CacheState:
        if self.down:
            raise UnreachableError("down")
        return CacheState(self.epoch, None, {s: e for s, e in self.scopes.items() if e > since})

    async def invalidate_cache(self, scopes: Sequence[str]) -> int:
        if self.down:
            raise UnreachableError("down")
        self.epoch += 1
        self.scopes |= dict.fromkeys(scopes, self.epoch)
        return self.epoch


class Clock(FakeClock):
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await asyncio.sleep(0)  # others go on meanwhile


class World:
    def __init__(self) -> None:
        self.clock = Clock()
        self.redis, self.table = DictTier("redis", self.clock), DictTier("table", self.clock)
        self.account = Account()
        self.managers: list[CacheManager] = []
        self.agreements: list[Agreement] = []

    def process(self) -> CacheManager:
        def drop(scopes: Collection[str] | None) -> None:
            manager.drop(scopes)

        agreement = Agreement(self.account, self.clock, drop)  # type: ignore[arg-type]
        manager = CacheManager(self.clock, agreement, [self.redis, self.table])
        self.managers.append(manager)
        self.agreements.append(agreement)
        return manager


class Answers:
    """Computes: an answer is the name of its key, or what the script says of it."""

    def __init__(self, script: Mapping[str, Any] | None = None) -> None:
        self.calls: list[list[Key]] = []
        self._script = script or {}

    async def __call__(self, keys: Sequence[Key]) -> list[Any]:
        self.calls.append(list(keys))
        await asyncio.sleep(0)
        answers = [self._script.get(key.digest, f"answer {key.digest[:4]}") for key in keys]
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def no_chance(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No jitter, and never an early refresh."""
    monkeypatch.setattr("random.random", lambda: 0.0)
    return


def key(name: str, kind: str = "ai_analysis", **more: Any) -> Key:
    return make_key("w", kind, name, **more)
