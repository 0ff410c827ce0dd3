"""The last tier: the table cache_entries of the database, which outlives every process."""

import math
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

from campaignbase.cache.keys import Key
from campaignbase.cache.tier import TierDownError, TierName
from campaignbase.cache.values import MISSING, Entry, dump, unpack
from campaignbase.errors import CampaignbaseError
from campaignbase.models.cache import CacheRow
from campaignbase.ports import Clock
from campaignbase.ports.cache import CacheStore

T = TypeVar("T")


class TableTier:
    name: TierName = "table"

    def __init__(self, store: CacheStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def read(self, keys: Sequence[Key]) -> dict[str, Entry]:
        rows = await _ask(self._store.read_cache([key.digest for key in keys]))
        by_digest = {key.digest: key for key in keys}
        now = self._clock.now().timestamp()
        found = {}
        for row in rows:
            key = by_digest.get(row.key)
            if key is None or (row.workspace_id, row.kind) != (key.workspace_id, key.kind.name):
                continue
            entry = read_row(row.value, now + row.seconds)
            if entry is not None:
                found[row.key] = entry
        return found

    async def write(self, entries: Mapping[Key, Entry]) -> None:
        now = self._clock.now().timestamp()
        rows = [
            CacheRow(
                key.digest,
                key.workspace_id,
                key.kind.name,
                {"value": entry.payload, "seconds": entry.seconds, "cost": entry.cost},
                math.floor(entry.expires - now),
                key.scopes,
                entry.epoch,
            )
            for key, entry in entries.items()
            if entry.expires - now >= 1
        ]
        if rows:
            await _ask(self._store.write_cache(rows))

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> tuple[set[str], dict[str, Entry]]:
        gained = await _ask(self._store.lease_cache([key.digest for key in keys], owner, seconds))
        return gained, await self.read([key for key in keys if key.digest in gained]) if gained else {}

    async def release(self, keys: Sequence[Key], owner: str) -> None:
        await _ask(self._store.release_cache([key.digest for key in keys], owner))


def read_row(value: Any, expires: float) -> Entry | None:
    """None: not written by us. The database keeps only what is right, so its epoch is always enough."""
    if not isinstance(value, Mapping):
        return None
    payload, seconds, cost = value.get("value"), value.get("seconds"), value.get("cost")
    found = unpack(payload)
    if found is MISSING or not isinstance(seconds, (int, float)):
        return None
    if not isinstance(cost, (int, float)):
        return None
    return Entry(found, payload, expires, 0, float(seconds), float(cost), len(dump(payload)))  # type: ignore[arg-type]


async def _ask(answer: Awaitable[T]) -> T:
    try:
        return await answer
    except CampaignbaseError as error:
        raise TierDownError(str(error)) from error
