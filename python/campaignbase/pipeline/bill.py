"""What was reserved is settled, whatever happens meanwhile: at its cost, or in full where nobody knows it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from decimal import Decimal

from campaignbase.models.budget import Grant, Settlement
from campaignbase.ports import Budget


class Bill:
    """The costs of some grants, by reservation."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self._costs: dict[str, tuple[Decimal | None, int | None]] = {
            grant.reservation_id: (None, None) for grant in grants if grant.reservation_id is not None
        }

    def cost(self, grant: Grant, cost: Decimal, requests: int | None = None) -> None:
        """`requests`: how many were asked about; None: all that were granted."""
        if grant.reservation_id is not None:
            self._costs[grant.reservation_id] = (cost, requests)

    def settlements(self) -> list[Settlement]:
        return [Settlement(key, cost, requests) for key, (cost, requests) in self._costs.items()]


@asynccontextmanager
async def settled(budget: Budget, grants: Iterable[Grant]) -> AsyncIterator[Bill]:
    """
    Raises:
        UnreachableError: the database does not answer; the grants expire, and count as spent in full.
    """
    bill = Bill(grants)
    try:
        yield bill
    finally:
        # a worker that is stopped still says what it spent
        settling = asyncio.ensure_future(budget.settle_spend(bill.settlements()))
        try:
            await asyncio.shield(settling)
        except asyncio.CancelledError:
            await settling
            raise
