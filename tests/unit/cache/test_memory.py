import numpy as np

from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.memory import Memory
from campaignbase.cache.values import MISSING, Entry, pack, unpack


def key(name: str, workspace: str = "w", **more: str) -> Key:
    return make_key(workspace, "keywords", name, **more)  # type: ignore[arg-type]


def entry(value: object, expires: float = 100) -> Entry:
    return Entry(unpack(pack(value)), pack(value), expires, 0)


def test_values_live_until_they_expire() -> None:
    memory = Memory()
    memory.set(key("a"), entry(False, 100))
    assert memory.get(key("a"), 99.9) is False
    assert memory.get(key("a"), 100) is MISSING
    assert len(memory) == 0


def test_the_least_recently_used_goes_first() -> None:
    memory = Memory(2)
    memory.set(key("a"), entry(1))
    memory.set(key("b"), entry(2))
    memory.get(key("a"), 0)
    memory.set(key("c"), entry(3))
    assert [memory.get(key(name), 0) for name in "abc"] == [1, MISSING, 3]
    memory.set(key("a"), entry(4))
    memory.set(key("d"), entry(5))
    assert [memory.get(key(name), 0) for name in "acd"] == [4, MISSING, 5]


def test_nobody_changes_what_others_get() -> None:
    memory = Memory()
    given = {"list": [1]}
    memory.set(key("a"), entry(given))
    given["list"].append(2)
    memory.get(key("a"), 0)["list"].append(3)
    assert memory.get(key("a"), 0) == {"list": [1]}
    memory.set(key("v"), entry(np.ones(2, np.float32)))
    assert not memory.get(key("v"), 0).flags.writeable


def test_another_workspace_finds_nothing_even_under_the_same_digest() -> None:
    memory = Memory()
    memory.set(key("a"), entry(1))
    stolen = Key(key("a").kind, "other", key("a").digest, ())
    assert memory.get(stolen, 0) is MISSING


def test_scopes_drop_what_carries_them() -> None:
    memory = Memory()
    for one in (key("a"), key("b", asset_id="1"), key("c", "other")):
        memory.set(one, entry(1))
    memory.drop(["asset:1", "unknown"])
    assert len(memory) == 2
    memory.drop({"workspace:w"})
    assert memory.get(key("c", "other"), 0) == 1
    memory.clear()
    assert len(memory) == 0
