"""The cache's table on a server; for the service alone."""

from collections.abc import Mapping, Sequence

from campaignbase.core.vectors import from_pgvector
from campaignbase.errors import UnreachableError
from campaignbase.models.cache import COUNTED, CacheCount, CacheRow, CacheState, StoredVector
from campaignbase.stores.calls import Calls, ConflictError, Json

MOST_ROWS = 1000  # of one answer
TRIES = 5  # readers of the account and writers of entries may meet


class ServerCache(Calls):
    async def read_cache(self, keys: Sequence[str]) -> list[CacheRow]:
        return [
            CacheRow(
                row["cache_key"],
                str(row["workspace_id"]),
                row["cache_type"],
                row["cache_value"],
                float(row["seconds_left"]),
                tuple(row["scopes"]),
            )
            for begin in range(0, len(keys), MOST_ROWS)
            for row in await self._rows("read_cache", keys=list(keys[begin : begin + MOST_ROWS]))
        ]

    async def write_cache(self, rows: Sequence[CacheRow]) -> int:
        if not rows:
            return 0
        entries = [
            {
                "cache_key": row.key,
                "workspace_id": row.workspace_id,
                "cache_type": row.kind,
                "cache_value": row.value,
                "ttl_seconds": int(row.seconds),
                "scopes": list(row.scopes),
                "epoch": row.epoch,
            }
            for row in rows
        ]
        return int(await self._value("write_cache", entries=Json(entries)))

    async def lease_cache(self, keys: Sequence[str], owner: str, seconds: int) -> set[str]:
        if not keys:
            return set()
        return set(await self._value("lease_cache", keys=list(keys), owner=owner, lease_seconds=seconds))

    async def release_cache(self, keys: Sequence[str], owner: str) -> None:
        await self._value("release_cache", keys=list(keys), owner=owner)

    async def invalidate_cache(self, scopes: Sequence[str]) -> int:
        for attempt in range(1, TRIES + 1):
            try:
                return int(await self._value("invalidate_cache", scopes=list(scopes)))
            except ConflictError as error:
                if attempt == TRIES:
                    raise UnreachableError(f"{error}, {attempt} times") from error
        raise AssertionError("unreachable")

    async def cache_state(self, since: int = 0) -> CacheState:
        told = await self._value("cache_state", since=since)
        return CacheState(int(told["epoch"]), told["signing_key"], told["scopes"])

    async def purge_cache(self, batch: int = 1000) -> int:
        return int(await self._value("purge_cache", batch=batch))

    async def count_cache(self, counts: Sequence[CacheCount], reads: Mapping[str, int] | None = None) -> None:
        counters = [
            {"cache_type": count.kind, "tier": count.tier, **{name: getattr(count, name) for name in COUNTED}}
            for count in counts
        ]
        await self._value("count_cache", counters=Json(counters), reads=Json(dict(reads or {})))

    async def stored_vectors(self, workspace_id: str, limit: int = 1000) -> list[StoredVector]:
        columns = ("id", "created_at", "content_hash", "embedding_model", "embedding")
        found = await self._newest("content_assets", columns, {"workspace_id": workspace_id}, limit)
        return [
            StoredVector(row["content_hash"], row["embedding_model"], from_pgvector(row["embedding"]))
            for row in found
            if row["embedding"] is not None
        ]

    async def cache_statistics(self) -> list[CacheCount]:
        columns = ("cache_type", "tier", *COUNTED)
        found = await self._all("cache_statistics", columns, {}, key="cache_type")
        counts = [
            CacheCount(
                kind=row["cache_type"],
                tier=row["tier"],
                **{name: int(row[name]) for name in COUNTED[:6]},
                saved_seconds=float(row["saved_seconds"]),
                saved_cost=float(row["saved_cost"]),
            )
            for row in found
        ]
        return sorted(counts, key=lambda count: (count.kind, count.tier))
