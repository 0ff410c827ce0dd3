"""What the manager asks of a tier that processes share."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from campaignbase.cache.keys import Key
from campaignbase.cache.values import Entry

TierName = Literal["redis", "table"]


class TierDownError(Exception):
    """The tier gave no answer in time, or none at all: go on without it."""


class TierRefusedError(TierDownError):
    """It answered, and refuses this one thing."""


class Tier(Protocol):
    """A batch is one round trip. Raises TierDownError everywhere."""

    name: TierName

    async def read(self, keys: Sequence[Key]) -> dict[str, Entry]:
        """By digest: what is there, belongs to the key's workspace and was made by us."""
        ...

    async def write(self, entries: Mapping[Key, Entry]) -> None:
        """Keep them until they expire, and end their leases."""
        ...

    async def lease(self, keys: Sequence[Key], owner: str, seconds: int) -> tuple[set[str], dict[str, Entry]]:
        """(digests that are the owner's to compute, what is there of them by now).

        Whoever computes writes first and ends the lease then: what another wrote after these keys were
        read is there as soon as its lease can be gained.
        """
        ...

    async def release(self, keys: Sequence[Key], owner: str) -> None: ...
