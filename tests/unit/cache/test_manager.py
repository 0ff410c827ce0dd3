"""What the manager finds, computes and keeps, over tiers that are dictionaries."""

import asyncio
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.unit.cache.world import Answers, World, key, no_chance, world

from campaignbase.cache.keys import Key
from campaignbase.cache.manager import LEASE_SECONDS
from campaignbase.cache.values import MAX_BYTES, MISSING

__all__ = ["no_chance", "world"]


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


@pytest.mark.parametrize("is_redis_down", [False, True])
async def test_what_another_kept_between_a_look_and_a_lease_is_taken(
    world: World, is_redis_down: bool
) -> None:
    one, other, answers = world.process(), world.process(), Answers()
    world.redis.down = is_redis_down
    shared = world.table if is_redis_down else world.redis

    async def quick() -> None:
        await one.get_or_compute_many([key("a")], answers)
        await one.settle()

    shared.before_lease = quick
    found = await other.get_or_compute_many([key("a"), key("b")], answers)
    assert [[asked.digest for asked in call] for call in answers.calls] == [
        [key("a").digest],
        [key("b").digest],
    ]
    assert found[key("a")] == f"answer {key('a').digest[:4]}"
    await other.settle()
    assert shared.leases == {}


async def test_a_wrong_answer_that_lies_there_does_not_keep_the_lease(world: World) -> None:
    one, other = world.process(), world.process()
    await one.set(key("a"), "old")
    await one.settle()
    stale = dict(world.redis.entries)
    await other.invalidate(["*"])
    world.table.entries.clear()  # as the database does
    assert world.redis.entries == stale
    began = world.clock.monotonic()
    assert await other.get_or_compute(key("a"), _new) == "new"
    assert world.clock.monotonic() == began


async def _new() -> str:
    return "new"


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
    assert {key("a").digest, key("c").digest}.isdisjoint({*world.table.leases, *world.redis.leases})


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
