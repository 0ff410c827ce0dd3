"""What the cache needs from a database: its slowest tier, and the one account of what was declared wrong."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from campaignbase.models import Analysis, AnalysisRequest
from campaignbase.models.cache import CacheCount, CacheRow, CacheState, StoredVector
from campaignbase.ports.providers import Analyst, Embedder


class CacheStore(Protocol):
    """Part of every store; on a server for the service alone.

    Raises everywhere: UnreachableError when the database does not answer.
    """

    async def read_cache(self, keys: Sequence[str]) -> list[CacheRow]:
        """Those that are there and have not expired, in no order."""
        ...

    async def write_cache(self, rows: Sequence[CacheRow]) -> int:
        """How many were stored, their leases ended; not what was declared wrong after `row.epoch`, nor what
        belongs to a workspace that is gone, nor a key of another workspace."""
        ...

    async def lease_cache(self, keys: Sequence[str], owner: str, seconds: int) -> set[str]:
        """The keys that are the owner's to compute, for so long or until written or released."""
        ...

    async def release_cache(self, keys: Sequence[str], owner: str) -> None: ...

    async def invalidate_cache(self, scopes: Sequence[str]) -> int:
        """Remove what carries one of these scopes; the epoch that begins."""
        ...

    async def cache_state(self, since: int = 0) -> CacheState:
        """With the scopes declared wrong after epoch `since`."""
        ...

    async def purge_cache(self, batch: int = 1000) -> int:
        """Remove expired entries and forgotten requests, at most `batch` of each; how many, of the more."""
        ...

    async def count_cache(self, counts: Sequence[CacheCount], reads: Mapping[str, int] | None = None) -> None:
        """Add to the account; `reads`: how often single keys were read."""
        ...

    async def stored_vectors(self, workspace_id: str, limit: int = 1000) -> list[StoredVector]:
        """Of content, newest first."""
        ...

    async def cache_statistics(self) -> list[CacheCount]:
        """All that was ever counted, by kind and tier."""
        ...


class Answers(Protocol):
    """Providers, asked through a cache or directly: what is known is not asked again.

    Raises everywhere: what the provider raises; then nothing of that call is kept.
    """

    async def embed(self, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """As Embedder.embed, of texts (workspace id, text)."""
        ...

    async def analyze(self, analyst: Analyst, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        """As Analyst.analyze; an answer that was known has no cost."""
        ...


class Paying(Protocol):
    """Asks embedders, whoever pays."""

    async def embed_paid(
        self, embedder: Embedder, texts: Sequence[tuple[str, str]]
    ) -> tuple[NDArray[np.float32], Decimal]:
        """As Answers.embed, and what it cost in US dollars."""
        ...
