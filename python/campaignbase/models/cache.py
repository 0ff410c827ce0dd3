"""What the cache keeps in a database, and what all processes with a cache agree about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from campaignbase.models import Vector


@dataclass(frozen=True, slots=True)
class CacheRow:
    """One entry as the table cache_entries has it."""

    key: str
    workspace_id: str
    kind: str
    value: Mapping[str, Any]  # JSON
    seconds: float  # until it expires
    scopes: tuple[str, ...] = ()  # invalidations it ends with
    epoch: int = 0  # the one known when its computing began; of a read row 0


@dataclass(frozen=True, slots=True)
class CacheState:
    epoch: int  # counts invalidations
    signing_key: str | None  # of what lies in Redis; None on SQLite
    scopes: Mapping[str, int] = field(default_factory=dict)  # declared wrong since: scope -> epoch


@dataclass(frozen=True, slots=True)
class StoredVector:
    content_hash: str  # of the text it was made from
    model: str
    vector: Vector


@dataclass(slots=True)
class CacheCount:
    """Of one kind in one tier ('compute': what no tier had)."""

    kind: str
    tier: str
    hits: int = 0
    misses: int = 0
    computes: int = 0
    errors: int = 0
    bytes_read: int = 0
    bytes_written: int = 0
    saved_seconds: float = 0.0
    saved_cost: float = 0.0  # US dollars

    @property
    def hit_rate(self) -> float | None:
        """0..1; None where nothing was asked."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


# what is counted of each, in the order of the fields
COUNTED = tuple(name for name in CacheCount.__dataclass_fields__ if name not in ("kind", "tier"))
