"""How right machines are, counted where their decisions lie."""

from datetime import date
from typing import Protocol

from campaignbase.models.measuring import Measured


class Measuring(Protocol):
    """Part of every store. Raises everywhere: UnreachableError when the database does not answer."""

    async def measured_labels(self, workspace_id: str, since: date) -> Measured:
        """Of what machines decided on that day of UTC and later."""
        ...

    async def sample_audit(self, workspace_id: str, sample_size: int = 20) -> int:
        """Picks rows that machines labeled at random, for people to judge; how many it picked.

        Raises:
            InputError: `sample_size` is not 1 to 1000.
        """
        ...
