"""The tier that is a table of the database, on a file."""

import time
from pathlib import Path

from campaignbase.cache.keys import make_key
from campaignbase.cache.table import TableTier
from campaignbase.cache.values import Entry, pack
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.wiring import SystemClock


async def test_whoever_gains_a_lease_is_told_what_is_there(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "cache.db", clock=SystemClock())
    await store.create_workspace("default")
    tier = TableTier(store, SystemClock())
    a, b = (make_key(DEFAULT_WORKSPACE_ID, "embedding", name) for name in "ab")
    assert await tier.lease([a, b], "one", 60) == ({a.digest, b.digest}, {})
    assert await tier.lease([a, b], "two", 60) == (set(), {})
    await tier.release([b], "one")
    await tier.write({a: Entry("x", pack("x"), time.time() + 60, 0, 0.5, 0.0, 1)})  # ends the lease
    gained, there = await tier.lease([a, b], "two", 60)
    assert gained == {a.digest, b.digest}
    assert {digest: entry.value for digest, entry in there.items()} == {a.digest: "x"}
    await store.close()
