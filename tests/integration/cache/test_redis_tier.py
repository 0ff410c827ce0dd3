"""The shared tier on a real Redis: what it keeps, what it believes, and what becomes of its callers."""

import asyncio
import json
import pickle
import random
import time

import numpy as np
import pytest
from tests.support.redis import RedisServer

from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.redis_line import connect
from campaignbase.cache.redis_tier import RedisTier
from campaignbase.cache.tier import TierDownError
from campaignbase.cache.values import Entry, pack, unpack
from campaignbase.wiring import SystemClock

SEED = 20260901
FORGED, ALL_FORGED = 400, 10_000


def key(name: str = "a", workspace: str = "w") -> Key:
    return make_key(workspace, "embedding", name)


def entry(value: object = "x", lives: float = 60, **more: float) -> Entry:
    return Entry(value, pack(value), time.time() + lives, int(more.get("epoch", 0)), 0.5, 0.25, 1)


async def until_back(tier: RedisTier) -> None:
    async with asyncio.timeout(20):
        while tier.is_down:
            await asyncio.sleep(0.02)


async def test_entries_come_back_as_they_were(tier: RedisTier) -> None:
    vector = np.linspace(-1, 1, 1536, dtype=np.float32)
    given = {key("a"): entry([1, None]), key("v"): entry(vector, epoch=7)}
    await tier.write(given)
    found = await tier.read([key("a"), key("missing"), key("v")])
    assert set(found) == {key("a").digest, key("v").digest}
    back, before = found[key("v").digest], given[key("v")]
    assert unpack(back.payload).tobytes() == vector.tobytes()
    assert (back.expires, back.epoch, back.seconds, back.cost) == (before.expires, 7, 0.5, 0.25)


async def test_redis_forgets_by_itself(tier: RedisTier, redis: RedisServer) -> None:
    await tier.write({key("a"): entry(lives=60), key("late"): entry(lives=-1)})
    with redis.client() as client:
        [name] = client.keys("cb:*")
        assert 59_000 < client.pttl(name) <= 60_000
        await tier.write({key("a"): entry(lives=0.05)})
        await asyncio.sleep(0.1)
        assert client.keys("cb:*") == []


async def test_one_owner_holds_a_lease(tier: RedisTier, redis: RedisServer) -> None:
    async def gained(names: str, owner: str, seconds: int = 60) -> tuple[set[str], set[str]]:
        mine, there = await tier.lease([key(name) for name in names], owner, seconds)
        return mine, set(there)

    a, b = key("a"), key("b")
    assert await gained("ab", "one") == ({a.digest, b.digest}, set())
    assert await gained("ab", "two") == (set(), set())
    await tier.release([a, b], "two")
    assert await gained("ab", "two") == (set(), set())
    await tier.release([a], "one")
    assert await gained("ab", "two") == ({a.digest}, set())
    await tier.write({b: entry()})  # ends the lease: whoever gains the next one is told what is there
    assert await gained("b", "two", 1) == ({b.digest}, {b.digest})
    with redis.client() as client:
        assert all(0 < client.ttl(name) <= 60 for name in client.keys("cb:*:lease:*"))


async def test_what_is_no_lease_of_ours_keeps_nobody_waiting(tier: RedisTier, redis: RedisServer) -> None:
    """Garbage under a lease's name held back whoever wanted to compute, for half a minute."""
    keys = [key(f"strange {place}") for place in range(6)]
    names = [f"{tier.namespace}:lease:{one.digest}" for one in keys]
    await tier.lease([key("another")], "one", 60)
    with redis.client() as client:
        copied = client.get(f"{tier.namespace}:lease:{key('another').digest}")
        for name, junk in zip(names, (b"", b"one", b"\xff" * 40, copied), strict=False):
            client.set(name, junk)  # type: ignore[arg-type]
        client.lpush(names[4], "a")
        client.sadd(names[5], "a")
        mine, _ = await tier.lease(keys, "two", 60)
        assert mine == {one.digest for one in keys}
        assert all(0 < client.ttl(name) <= 60 for name in names)
        assert (await tier.lease(keys, "three", 60))[0] == set()
        await tier.release(keys, "two")
        assert [name for name in names if client.exists(name)] == []


async def test_databases_that_share_a_redis_are_strangers(tier: RedisTier, redis: RedisServer) -> None:
    other = RedisTier(connect(redis.url), SystemClock(), "another signing key")
    await tier.write({key("a"): entry()})
    assert await other.read([key("a")]) == {}
    await other.aclose()


def forgeries(tier: RedisTier, seed: int, count: int) -> list[object]:
    """What somebody who can write there may put under the name of key 'a'."""
    chance = random.Random(seed)
    true = tier.encode(key("a"), entry("secret"))
    strange = RedisTier(connect("redis://127.0.0.1:1"), SystemClock(), "guessed")
    body = true[true.index(b" ", 4) + 1 :]
    fixed = [
        b"",
        b"cb1",
        b"cb1  ",
        body,
        pickle.dumps({"v": 1}),
        pickle.dumps(entry()),
        b"null",
        json.dumps({"v": {"j": 1}}).encode(),
        b"cb1 " + b"0" * 32 + b" " + body,
        b"cb2" + true[3:],
        true + b" ",
        true.replace(b"secret", b"forged"),
        true.replace(b'"w":"w"', b'"w":"x"'),
        tier.encode(key("b"), entry("of another key")),
        tier.encode(key("a", "other"), entry("of another workspace")),
        strange.encode(key("a"), entry("signed with another key")),
        b"\xff" * 100,
        b"0" * 3_000_000,
    ]
    changed = []
    for _ in range(count - len(fixed)):
        text = bytearray(true)
        kind = chance.randrange(4)
        if kind == 0:  # other bytes
            for _ in range(chance.randrange(1, 4)):
                text[chance.randrange(len(text))] ^= chance.randrange(1, 256)
        elif kind == 1:  # cut off
            del text[chance.randrange(len(text)) :]
        elif kind == 2:  # something in between
            place = chance.randrange(len(text))
            text[place:place] = chance.randbytes(chance.randrange(1, 9))
        else:
            text = bytearray(chance.randbytes(chance.randrange(400)))
        changed.append(bytes(text))
    return [*fixed, *changed]


@pytest.mark.parametrize("count", [FORGED, pytest.param(ALL_FORGED, marks=pytest.mark.proof)])
async def test_forged_and_garbled_values_are_not_accepted(
    tier: RedisTier, redis: RedisServer, count: int
) -> None:
    true = tier.encode(key("a"), entry("secret"))
    name = f"{tier.namespace}:{key('a').digest}"
    accepted = 0
    with redis.client() as client:
        for forged in forgeries(tier, SEED, count):
            if forged == true:
                continue
            client.set(name, forged)  # type: ignore[arg-type]
            accepted += bool(await tier.read([key("a")]))
            if tier.is_down:  # three million bytes take longer than a caller waits
                await until_back(tier)
        for make in (client.lpush, client.sadd, client.rpush):
            client.delete(name)
            make(name, "not a string")
            accepted += bool(await tier.read([key("a")]))
        client.delete(name)
    print(f"\n{count:,} forged or garbled values, {accepted} accepted (seed {SEED})")
    assert accepted == 0
    await tier.write({key("a"): entry("secret")})
    assert len(await tier.read([key("a")])) == 1


async def test_what_was_replayed_of_before_is_as_old_as_it_says(tier: RedisTier, redis: RedisServer) -> None:
    old = tier.encode(key("a"), entry(lives=-0.1))
    with redis.client() as client:
        client.set(f"{tier.namespace}:{key('a').digest}", old)
    assert await tier.read([key("a")]) == {}


@pytest.mark.parametrize("word", [b"", b"x", b"{}", b'{"scopes": ["*"], "epoch": 99}', b"0" * 33 + b"{}"])
async def test_words_of_strangers_say_nothing(tier: RedisTier, word: bytes) -> None:
    assert tier.read_word(word) is None
    assert tier.read_word(None) is None


async def test_a_redis_that_is_gone_is_left_alone_until_it_is_back(
    tier: RedisTier, redis: RedisServer
) -> None:
    await tier.write({key("a"): entry()})
    redis.kill()
    with pytest.raises(TierDownError):
        await tier.read([key("a")])
    assert tier.is_down
    with pytest.raises(TierDownError, match="lately"):
        await tier.write({key("a"): entry()})
    redis.start()
    await until_back(tier)
    assert await tier.read([key("a")]) == {}
    await tier.write({key("a"): entry()})
    assert len(await tier.read([key("a")])) == 1


async def test_a_frozen_redis_is_asked_once_by_whoever_comes_first(
    tier: RedisTier, redis: RedisServer
) -> None:
    await tier.write({key("a"): entry("mine"), key("b"): entry("yours")})
    with redis.frozen():
        with pytest.raises(TierDownError, match="no answer in 1000 ms"):
            await tier.read([key("a")])
        for _ in range(100):
            with pytest.raises(TierDownError, match="lately"):
                await tier.read([key("a")])
    await until_back(tier)
    # an answer that came too late is nobody's
    for _ in range(20):
        found = await asyncio.gather(*(tier.read([key(name)]) for name in "abab"))
        assert [unpack(next(iter(one.values())).payload) for one in found] == ["mine", "yours"] * 2


async def test_a_full_redis_refuses_and_still_answers(tier: RedisTier, redis: RedisServer) -> None:
    await tier.write({key("a"): entry()})
    with redis.client() as client:
        client.config_set("maxmemory", "1")
    with pytest.raises(TierDownError, match="maxmemory"):
        await tier.write({key("b"): entry()})
    assert not tier.is_down
    assert len(await tier.read([key("a")])) == 1
