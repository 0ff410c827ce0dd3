"""The cache's last tier, on every store: entries, leases, what was declared wrong, counters."""

import asyncio
import uuid
from dataclasses import replace

import pytest
from tests.contract.subject import Subject

from campaignbase.models.cache import CacheCount, CacheRow

PAST = "2020-01-01T00:00:00.000000Z"


def row(subject: Subject, key: str = "k", **changes: object) -> CacheRow:
    made = CacheRow(
        key, subject.workspace.id, "keywords", {"value": [1, None, "ü"]}, 600, ("*", f"key:{key}")
    )
    return replace(made, **changes)  # type: ignore[arg-type]


async def keys(subject: Subject, *wanted: str) -> set[str]:
    return {found.key for found in await subject.store.read_cache(wanted)}


async def test_entries_come_back_with_the_time_that_is_left(subject: Subject) -> None:
    assert await subject.store.write_cache([row(subject), row(subject, "other", kind="analytics")]) == 2
    [found] = await subject.store.read_cache(["k", "missing"])
    assert (found.key, found.workspace_id, found.kind) == ("k", subject.workspace.id, "keywords")
    assert (found.value, found.scopes) == ({"value": [1, None, "ü"]}, ("*", "key:k"))
    assert 590 < found.seconds <= 600
    assert await subject.store.read_cache([]) == []


async def test_a_key_is_written_again_but_never_by_another_workspace(subject: Subject) -> None:
    other = await subject.store.create_workspace("other")
    await subject.store.write_cache([row(subject)])
    again = row(subject, value={"value": 2}, kind="analytics")
    assert await subject.store.write_cache([again]) == 1
    assert await subject.store.write_cache([row(subject, workspace_id=other.id, value={})]) == 0
    [found] = await subject.store.read_cache(["k"])
    assert (found.workspace_id, found.value, found.kind) == (subject.workspace.id, {"value": 2}, "analytics")


async def test_what_belongs_to_nobody_is_not_kept(subject: Subject) -> None:
    assert await subject.store.write_cache([row(subject, workspace_id=str(uuid.uuid4()))]) == 0
    gone = await subject.store.create_workspace("gone")
    await subject.store.write_cache([row(subject, workspace_id=gone.id)])
    await subject.store.delete_workspace(gone.id)
    assert await keys(subject, "k") == set()


async def test_expired_entries_are_not_read_and_purged_in_bites(subject: Subject) -> None:
    await subject.store.write_cache([row(subject, name) for name in "abcd"])
    subject.sql("update cache_entries set expires_at = %s where cache_key <> 'd'", PAST)
    assert await keys(subject, *"abcd") == {"d"}
    assert [await subject.store.purge_cache(2) for _ in range(3)] == [2, 1, 0]
    assert subject.sql("select count(*) from cache_entries") == [(1,)]


async def test_one_owner_holds_a_lease(subject: Subject) -> None:
    store = subject.store
    assert await store.lease_cache(["a", "b", "a"], "one", 60) == {"a", "b"}
    assert await store.lease_cache(["a", "b", "c"], "two", 60) == {"c"}
    assert await store.lease_cache(["a"], "one", 60) == set()
    await store.release_cache(["a", "c"], "one")  # c is not theirs
    assert await store.lease_cache(["a", "b", "c"], "two", 60) == {"a"}
    assert await store.lease_cache([], "two", 60) == set()


async def test_a_lease_ends_with_the_entry_or_its_time(subject: Subject) -> None:
    store = subject.store
    await store.lease_cache(["k", "late"], "one", 60)
    await store.write_cache([row(subject)])
    assert await store.lease_cache(["k"], "two", 60) == {"k"}
    subject.sql("update {private}cache_leases set leased_until = %s where cache_key = 'late'", PAST)
    assert await store.lease_cache(["late"], "two", 60) == {"late"}


async def test_of_many_who_ask_for_a_lease_at_once_one_gets_it(subject: Subject) -> None:
    other = await subject.open()
    try:
        asked = [
            (subject.store if number % 2 else other).lease_cache(["k"], f"owner {number}", 60)
            for number in range(8)
        ]
        gained = await asyncio.gather(*asked)
    finally:
        await other.close()
    assert sorted(map(len, gained)) == [0] * 7 + [1]


@pytest.mark.parametrize(
    ("scopes", "left"),
    [
        (["key:a"], {"b", "c"}),
        (["key:a", "key:c"], {"b"}),
        (["asset:1"], {"a"}),
        (["*"], set()),
        (["asset:2"], {"a", "b", "c"}),
        ([], {"a", "b", "c"}),
    ],
)
async def test_invalidation_takes_what_carries_the_scope(
    subject: Subject, scopes: list[str], left: set[str]
) -> None:
    for name, about in [("a", ()), ("b", ("asset:1",)), ("c", ("asset:1", "campaign:1"))]:
        await subject.store.write_cache([row(subject, name, scopes=("*", f"key:{name}", *about))])
    await subject.store.invalidate_cache(scopes)
    assert await keys(subject, *"abc") == left


async def test_what_was_begun_before_an_invalidation_is_not_kept(subject: Subject) -> None:
    store = subject.store
    assert (await store.cache_state()).epoch == 0
    first = await store.invalidate_cache(["asset:1", "key:x"])
    assert first == 1
    about = row(subject, scopes=("*", "asset:1"))
    assert await store.write_cache([about, row(subject, "free", scopes=("asset:2",))]) == 1
    assert await keys(subject, "k", "free") == {"free"}
    assert await store.write_cache([replace(about, epoch=first)]) == 1
    assert await store.invalidate_cache(["asset:3"]) == 2
    state = await store.cache_state()
    assert (state.epoch, state.scopes) == (2, {"asset:1": 1, "key:x": 1, "asset:3": 2})
    assert (await store.cache_state(1)).scopes == {"asset:3": 2}
    assert (await store.cache_state(2)).scopes == {}


async def test_old_invalidations_are_forgotten_but_not_their_count(subject: Subject) -> None:
    store = subject.store
    for scope in ("old", "new"):
        await store.invalidate_cache([scope])
    subject.sql("update {private}cache_invalidations set invalidated_at = %s", PAST)
    await store.purge_cache()
    assert await store.invalidate_cache(["next"]) == 3
    assert set((await store.cache_state()).scopes) == {"new", "next"}


async def test_every_process_gets_the_same_key_to_sign_with(subject: Subject) -> None:
    subject.sql("delete from {private}cache_signing_keys")  # whoever asks first makes one
    other = await subject.open()
    try:
        signing = {(await store.cache_state()).signing_key for store in (subject.store, other, subject.store)}
    finally:
        await other.close()
    [key] = signing
    assert key is None or len(key) == 64  # in a file nothing is shared with strangers


async def test_counters_add_up(subject: Subject) -> None:
    store = subject.store
    one = CacheCount("keywords", "redis", 1, 2, 3, 4, 5, 6, 0.5, 0.25)
    await store.write_cache([row(subject)])
    await store.count_cache([one, CacheCount("keywords", "memory", hits=9)], {"k": 3, "missing": 1})
    await store.count_cache([one], {"k": 1})
    assert await store.cache_statistics() == [
        CacheCount("keywords", "memory", hits=9),
        CacheCount("keywords", "redis", 2, 4, 6, 8, 10, 12, 1.0, 0.5),
    ]
    assert subject.sql("select access_count from cache_entries") == [(4,)]
    rates = subject.sql("select tier, hit_rate from cache_statistics order by tier")
    assert [(tier, float(rate)) for tier, rate in rates] == [("memory", 1.0), ("redis", 0.3333)]


async def test_the_smallest_amounts_add_up(subject: Subject) -> None:
    """A vector's price; SQLite keeps money as text, in which 1e-06 is no number."""
    for saved in (1e-6, 1e-8, 0.25):
        await subject.store.count_cache([CacheCount("embedding", "table", hits=1, saved_cost=saved)])
    [counted] = await subject.store.cache_statistics()
    assert (counted.hits, counted.saved_cost) == (3, pytest.approx(0.25000101, abs=1e-12))
