"""What the manager makes of tiers that are down, of invalidations, and of entries that soon end."""

import asyncio
from collections.abc import Sequence

import pytest
from tests.unit.cache.world import Answers, World, key, no_chance, world

from campaignbase.cache.keys import Key
from campaignbase.cache.kinds import KINDS
from campaignbase.cache.manager import Computed, is_early
from campaignbase.cache.values import MISSING, Entry, pack
from campaignbase.errors import UnreachableError

__all__ = ["no_chance", "world"]


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
