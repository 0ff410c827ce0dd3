"""The manager over tiers that are dictionaries, on a clock that stands still."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from campaignbase.cache.agreement import Agreement
from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.kinds import KINDS
from campaignbase.cache.manager import LEASE_SECONDS, CacheManager, Computed, is_early
from campaignbase.cache.tier import TierDownError, TierName
from campaignbase.cache.values import MAX_BYTES, MISSING, Entry, pack
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

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> set[str]:
        self._ask("lease")
        assert seconds == LEASE_SECONDS
        free = [key.digest for key in keys if key.digest not in self.leases]
        self.leases |= dict.fromkeys(free, owner)
        return set(free)

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


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}, "text", {"a": [1]}])
async def test_empty_values_are_values(world: World, value: object) -> None:
    cache = world.process()
    assert await cache.get(key("a")) is MISSING
    await cache.set(key("a"), value)
    for one in (cache, world.process()):  # from memory; from the tiers
        assert await one.get(key("a"), "default") == value
        assert await one.get_many([key("a"), key("b")]) == {key("a"): value}


@pytest.mark.parametrize(
    ("kind", "redis", "table"),
    [("ai_analysis", 1, 1), ("api_response", 1, 0), ("rules", 0, 0), ("local_embedding", 0, 0)],
)
async def test_each_kind_lives_in_its_tiers(world: World, kind: str, redis: int, table: int) -> None:
    cache = world.process()
    await cache.get_or_compute_many([key("a", kind)], Answers())
    await cache.settle()
    assert (len(world.redis.entries), len(world.table.entries), len(cache.memory)) == (redis, table, 1)
    if not redis:
        assert world.redis.asked == []


@pytest.mark.usefixtures("no_chance")
async def test_an_entry_lives_as_long_as_its_kind_says(world: World) -> None:
    cache = world.process()
    await cache.set(key("a", "api_response"), 1)
    await cache.set(key("short", "api_response"), 1, seconds=10)
    await cache.set(key("long", "api_response"), 1, seconds=10_000)
    await cache.set(key("none", "api_response"), None)
    now = world.clock.now().timestamp()
    lives = {name: world.redis.entries[key(name, "api_response").digest].expires - now for name in
             ("a", "short", "long", "none")}  # fmt: skip
    assert lives == {"a": 300, "short": 10, "long": 300, "none": 30}


async def test_lives_differ_by_a_tenth_at_most(world: World) -> None:
    cache = world.process()
    keys = [key(str(number)) for number in range(200)]
    await cache.set_many(dict.fromkeys(keys, 1))
    now = world.clock.now().timestamp()
    lives = [entry.expires - now for entry in world.table.entries.values()]
    assert min(lives) >= 3240
    assert max(lives) <= 3600
    assert max(lives) - min(lives) > 180


async def test_promotion_keeps_the_time_that_is_left(world: World) -> None:
    await world.process().set(key("a"), 1)
    world.redis.entries.clear()
    world.clock.advance(1000)
    cache = world.process()
    assert await cache.get(key("a")) == 1
    await cache.settle()
    told = world.table.entries[key("a").digest].expires
    assert world.redis.entries[key("a").digest].expires == told
    world.clock.advance(told - world.clock.now().timestamp() + 0.001)
    assert await cache.get(key("a")) is MISSING


async def test_one_round_trip_a_tier_for_a_whole_batch(world: World) -> None:
    cache, answers = world.process(), Answers()
    keys = [key(str(number)) for number in range(50)]
    found = await cache.get_or_compute_many([*keys, *keys], answers)
    await cache.settle()
    assert found == {one: f"answer {one.digest[:4]}" for one in keys}
    assert [len(call) for call in answers.calls] == [50]
    assert world.redis.asked == ["read", "lease", "write"]
    assert world.table.asked == ["read", "write"]
    world.redis.asked.clear()
    await world.process().get_or_compute_many(keys, answers)
    assert (world.redis.asked, len(answers.calls)) == (["read"], 1)


async def test_concurrent_readers_of_all_processes_compute_once(world: World) -> None:
    processes, answers = [world.process() for _ in range(4)], Answers()
    found = await asyncio.gather(
        *(processes[number % 4].get_or_compute_many([key("a")], answers) for number in range(400))
    )
    assert {one[key("a")] for one in found} == {f"answer {key('a').digest[:4]}"}
    assert len(answers.calls) == 1


async def test_who_waits_for_a_dead_process_computes_in_the_end(world: World) -> None:
    world.redis.leases[key("a").digest] = "a dead one"
    cache, answers = world.process(), Answers()
    began = world.clock.monotonic()
    await cache.get_or_compute_many([key("a"), key("b")], answers)
    assert [[one.digest for one in call] for call in answers.calls] == [[key("b").digest], [key("a").digest]]
    assert LEASE_SECONDS <= world.clock.monotonic() - began < LEASE_SECONDS + 1


async def test_failures_are_raised_and_never_kept(world: World) -> None:
    cache = world.process()
    failing = Answers({key("a").digest: RuntimeError("no")})
    results = await asyncio.gather(
        *(cache.get_or_compute_many([key("a"), key("b")], failing) for _ in range(3)), return_exceptions=True
    )
    assert [str(result) for result in results] == ["no"] * 3
    await cache.settle()
    assert (world.redis.entries, world.table.entries, world.redis.leases) == ({}, {}, {})
    assert (await cache.get_or_compute_many([key("a")], Answers()))[key("a")].startswith("answer")
    counted = cache.counters.of("ai_analysis", "compute")
    assert (counted.computes, counted.errors) == (3, 2)


async def test_no_answer_is_left_out_and_not_kept(world: World) -> None:
    cache = world.process()
    found = await cache.get_or_compute_many(
        [key("a"), key("b")], Answers({key("a").digest: MISSING, key("b").digest: None})
    )
    assert found == {key("b"): None}

    async def nothing() -> Any:
        return MISSING

    assert await cache.get_or_compute(key("c"), nothing) is MISSING
    await cache.settle()
    assert len(world.table.entries) == 1


async def test_answers_must_be_as_many_as_keys(world: World) -> None:
    async def short(_: Sequence[Key]) -> list[int]:
        return [1]

    with pytest.raises(ValueError, match="compute answered 1 of 2 keys"):
        await world.process().get_or_compute_many([key("a"), key("b")], short)


async def test_what_is_too_large_is_returned_and_not_kept(world: World) -> None:
    cache = world.process()
    large = "x" * MAX_BYTES
    assert (await cache.get_or_compute_many([key("a")], Answers({key("a").digest: large})))[key("a")] == large
    await cache.settle()
    assert (len(cache.memory), world.table.entries) == (0, {})


async def test_vectors_are_kept_in_every_tier(world: World) -> None:
    vector = np.linspace(0, 1, 1536, dtype=np.float32)
    await world.process().set(key("v", "embedding"), vector)
    found = await world.process().get(key("v", "embedding"))
    assert found.tobytes() == vector.tobytes()


@pytest.mark.parametrize("down", [["redis"], ["table"], ["redis", "table"]])
async def test_a_tier_that_is_down_costs_only_its_answers(world: World, down: list[str]) -> None:
    cache, answers = world.process(), Answers()
    for tier in (world.redis, world.table):
        tier.down = tier.name in down
    assert len(await cache.get_or_compute_many([key("a"), key("b")], answers)) == 2
    assert await cache.get(key("c"), "default") == "default"
    await cache.set(key("c"), 3)
    await cache.settle()
    assert await cache.get(key("c")) == 3
    assert len(answers.calls) == 1
    for tier in (world.redis, world.table):
        assert (cache.counters.of("ai_analysis", tier.name).errors > 0) == tier.down


async def test_an_invalidation_is_seen_at_once_here_and_elsewhere_when_told(world: World) -> None:
    here, there = world.process(), world.process()
    about = key("a", asset_id="1")
    await here.set_many({about: 1, key("b"): 2})
    assert await there.get(about) == 1
    await here.invalidate(["asset:1"])
    world.table.entries.pop(about.digest)  # the database does that
    assert await here.get(about) is MISSING
    assert await there.get(about) == 1  # not told yet
    await world.agreements[1].load()
    assert await there.get(about) is MISSING
    assert await there.get(key("b")) == 2


async def test_what_redis_holds_of_before_an_invalidation_is_not_believed(world: World) -> None:
    cache = world.process()
    await cache.set(key("a"), "old")
    old = dict(world.redis.entries)
    await cache.invalidate(["workspace:w"])
    world.table.entries.clear()
    world.redis.entries = old
    assert await cache.get(key("a")) is MISSING
    await cache.set(key("a"), "new")
    cache.memory.clear()
    world.table.entries.clear()
    assert await cache.get(key("a")) == "new"


async def test_an_answer_begun_before_an_invalidation_is_given_but_not_kept(world: World) -> None:
    cache = world.process()

    async def slow(keys: Sequence[Key]) -> list[str]:
        await cache.invalidate(["kind:ai_analysis"])
        return ["old"] * len(keys)

    assert await cache.get_or_compute_many([key("a")], slow) == {key("a"): "old"}
    await cache.settle()
    assert await cache.get(key("a")) is MISSING


async def test_an_invalidation_that_cannot_be_written_is_told(world: World) -> None:
    cache = world.process()
    await cache.set(key("a"), 1)
    world.account.down = True
    with pytest.raises(UnreachableError):
        await cache.invalidate(["*"])
    assert await cache.get(key("a")) == 1


async def test_a_refresh_comes_early_and_in_the_background(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, answers = world.process(), Answers({key("a").digest: "new"})

    async def slowly(_: Sequence[Key]) -> list[Computed]:
        world.clock.advance(60)
        return [Computed("old", cost=0.5)]

    await cache.get_or_compute_many([key("a")], slowly)
    await cache.settle()
    world.clock.advance(3000)
    monkeypatch.setattr("random.random", lambda: 0.0)
    assert (await cache.get_or_compute_many([key("a")], answers))[key("a")] == "old"
    await cache.settle()
    assert answers.calls == []  # not by chance 0
    monkeypatch.setattr("random.random", lambda: 1 - 1e-8)
    both = await asyncio.gather(*(cache.get_or_compute_many([key("a")], answers) for _ in range(9)))
    assert {one[key("a")] for one in both} == {"old"}
    await cache.settle()
    assert len(answers.calls) == 1
    assert await cache.get(key("a")) == "new"


@pytest.mark.parametrize(
    ("left", "seconds", "chance", "early"),
    [
        (100, 1, 1 - 1e-12, False),  # too far off for any chance
        (10, 1, 0.9999, False),  # ln 10^4 = 9.2
        (10, 1, 0.99999, True),  # ln 10^5 = 11.5
        (1, 0, 0.99999, False),  # costs nothing to compute
    ],
)
def test_early_is_by_chance(
    left: float, seconds: float, chance: float, early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: chance)
    assert is_early(Entry(1, pack(1), 1000 + left, 0, seconds), 1000) is early


async def test_savings_are_counted_by_tier(world: World) -> None:
    cache = world.process()

    async def costly(keys: Sequence[Key]) -> list[Computed]:
        world.clock.advance(2)
        return [Computed(1, cost=0.25) for _ in keys]

    await cache.get_or_compute_many([key("a"), key("b")], costly)
    await cache.settle()
    other = world.process()
    for _ in range(3):
        await other.get_many([key("a"), key("b")])
    redis, memory = other.counters.of("ai_analysis", "redis"), other.counters.of("ai_analysis", "memory")
    assert (redis.hits, redis.saved_cost, redis.saved_seconds) == (2, 0.5, 2.0)
    assert (memory.hits, memory.misses, memory.saved_cost) == (4, 2, 1.0)


def test_the_table_of_kinds_is_the_seeds() -> None:
    everywhere = frozenset({"memory", "redis", "table"})
    assert {kind.name: (kind.seconds, kind.tiers) for kind in KINDS.values()} == {
        "embedding": (86400, everywhere),
        "ai_analysis": (3600, everywhere),
        "keywords": (3600, everywhere),
        "api_response": (300, frozenset({"memory", "redis"})),
        "analytics": (1800, everywhere),
        "campaign_config": (3600, frozenset({"memory"})),
        "rules": (300, frozenset({"memory"})),
        "local_embedding": (86400, frozenset({"memory"})),
    }
