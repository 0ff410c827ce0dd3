"""What the pipeline needs from a database to work on rows that are there already."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol

from campaignbase.models.backfills import (
    Backfill,
    BackfillRows,
    ModelBatch,
    NewBackfill,
    SpareTexts,
    SpareVector,
    Switched,
)


class Backfills(Protocol):
    """Part of every store; on a server for the service alone.

    Raises everywhere: UnreachableError when the database does not answer.
    """

    async def start_backfill(self, workspace_id: str, new: NewBackfill) -> str:
        """Its id. Raises NotFoundError; InputError: another of that kind is under way, or it cannot be."""
        ...

    async def backfills(self, workspace_id: str | None = None) -> list[Backfill]:
        """Newest first. None: of all workspaces those to go on with now, who waits longest first."""
        ...

    async def stop_backfill(self, backfill_id: str, state: Literal["paused", "running", "canceled"]) -> bool:
        """False: it is over, or was that already. When it is canceled, rows that wait keep what they have."""
        ...

    async def preview_backfill(
        self, workspace_id: str, selection: Mapping[str, Any], place: str = "", batch: int = 50
    ) -> BackfillRows:
        """What would be taken next; at most 100 rows, whose jobs are none."""
        ...

    async def claim_backfill(
        self,
        backfill_id: str,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        targets: Sequence[str] | None = None,
    ) -> BackfillRows | None:
        """The next rows as leased jobs. None: it is not running now, another worker is just taking rows, or
        somebody is at work on the last ones.

        A look is at 500 rows at most, so there may be no job though there are more rows.

        Args:
            targets: not the next rows, but these, where they still wait in the queue.
        """
        ...

    async def report_backfill(
        self,
        backfill_id: str,
        *,
        failed: int = 0,
        cost: Decimal = Decimal(0),
        wait_seconds: float | None = None,
        error: str | None = None,
    ) -> None:
        """Add to its account; rows that are labeled again are counted by complete_jobs.

        Args:
            wait_seconds: no more rows for so long, because of `error`.
        """
        ...

    async def claim_vectors(self, backfill_id: str, batch: int = 100) -> SpareTexts | None:
        """As claim_backfill, of texts that have no vector by the new model; no lease: what is not written is
        found again."""
        ...

    async def write_vectors(self, backfill_id: str, vectors: Sequence[SpareVector]) -> int:
        """How many were kept beside those in use; 0 where the backfill is over."""
        ...

    async def switch_vectors(self, backfill_id: str, *, back: bool = False) -> Switched:
        """Use them, in one transaction, or those before.

        Raises InputError: they are not complete, or there is no way back.
        """
        ...

    # batches that wait with a provider

    async def add_model_batch(self, batch: ModelBatch) -> None: ...

    async def model_batches(self, backfill_id: str | None = None) -> list[ModelBatch]:
        """None: those that are due to be looked at."""
        ...

    async def hold_model_batch(self, batch: ModelBatch, seconds: float) -> bool:
        """Nobody else looks at it for so long. False: somebody else was faster, or it is gone."""
        ...

    async def remove_model_batch(self, batch_id: str) -> None: ...
