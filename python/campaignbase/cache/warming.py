"""Put vectors that the database has where all processes find them when the text comes again."""

from collections.abc import Collection

from campaignbase.cache.keys import make_key
from campaignbase.cache.manager import CacheManager
from campaignbase.ports.cache import CacheStore

BATCH = 500


async def warm(
    cache: CacheManager, store: CacheStore, workspace_id: str, limit: int, local: Collection[str] = ()
) -> tuple[int, int]:
    """Of the newest content; no provider is asked.

    Args:
        local: models whose vectors are computed sooner than read; they are left out.
    Returns:
        (vectors put there, vectors left out).
    """
    stored = await store.stored_vectors(workspace_id, limit)
    wanted = [found for found in stored if found.model not in local]
    for begin in range(0, len(wanted), BATCH):
        await cache.set_many(
            {
                make_key(workspace_id, "embedding", found.content_hash, model=found.model): found.vector
                for found in wanted[begin : begin + BATCH]
            }
        )
    return len(wanted), len(stored) - len(wanted)
