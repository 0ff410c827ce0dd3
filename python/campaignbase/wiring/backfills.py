"""Backfills: who works on them, and what they would cost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from campaignbase.pipeline.backfill import Backfiller
from campaignbase.pipeline.backfill_batches import BatchedQuestions
from campaignbase.pipeline.budgeted import BudgetedAnalyst
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import LEASE_SECONDS, Labeler
from campaignbase.pipeline.unhurried import UnhurriedAnalyst
from campaignbase.ports import Analyst, Store
from campaignbase.ports.cache import Answers
from campaignbase.providers.offline import OfflineReader
from campaignbase.providers.written_batches import QuestionPrices, batches_of
from campaignbase.settings import Settings
from campaignbase.wiring.clock import SystemClock
from campaignbase.wiring.models import gate_command, hosted_analyst, offline_analyst


@asynccontextmanager
async def open_backfiller(
    store: Store,
    loaded: Settings | None,
    found: Embedders,
    analyst: Analyst,
    asking: Answers | None = None,
    *,
    worker: str = "worker",
    lease_seconds: int = LEASE_SECONDS,
) -> AsyncIterator[Backfiller]:
    """
    Args:
        found, analyst: the caller's to close.
    """
    clock = SystemClock()
    unhurried = UnhurriedAnalyst(analyst, clock) if isinstance(analyst, BudgetedAnalyst) else None
    labeler = Labeler(
        store,
        found,
        unhurried or analyst,
        OfflineReader(),
        clock,
        worker=worker,
        lease_seconds=lease_seconds,
        answers=asking,
    )
    hosted = hosted_analyst(loaded, lease_seconds) if unhurried is not None else None
    batches = None if hosted is None else batches_of(hosted)
    batched = (
        None
        if batches is None
        else BatchedQuestions(
            store,
            labeler,
            batches,
            clock,
            worker=worker,
            lease_seconds=lease_seconds,
            gate_command=gate_command(loaded),
        )
    )
    try:
        yield Backfiller(
            store,
            labeler,
            found,
            clock,
            answers=asking,
            analyst=unhurried,
            batches=batched,
            worker=worker,
            lease_seconds=lease_seconds,
        )
    finally:
        if hosted is not None:
            await hosted.close()


def looking_labeler(store: Store, found: Embedders) -> Labeler:
    """Decides by what costs nothing, and learns nothing."""
    return Labeler(store, found, offline_analyst(), OfflineReader(), SystemClock())


def question_prices(loaded: Settings, *, batch: bool) -> QuestionPrices | None:
    """None: no model is asked that costs money. Raises as `hosted_analyst`."""
    hosted = hosted_analyst(loaded)
    return None if hosted is None else QuestionPrices(hosted, batch=batch)
