"""What the pipeline needs from a database so that no model costs more than a workspace allows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from campaignbase.models.budget import CampaignCost, DayBudget, Grant, Settlement, Spent, Wish

RESERVED_SECONDS = 600  # longer than any answer is waited for


class Budget(Protocol):
    """Part of every store; reserving and settling are the service's alone.

    Raises everywhere: UnreachableError when the database does not answer.
    """

    async def reserve_spend(
        self, wishes: Sequence[Wish], expires_seconds: int = RESERVED_SECONDS
    ) -> list[Grant]:
        """A grant a wish, in order: of its amounts as many as fit under today's budget, from the first on.

        A workspace without a budget is granted nothing that costs. What nobody settles in time counts as
        spent in full.
        """
        ...

    async def settle_spend(self, settlements: Sequence[Settlement]) -> int:
        """How many ended now; those that expired before stay spent in full."""
        ...

    async def daily_budget(self, workspace_id: str, day: date) -> DayBudget:
        """Raises NotFoundError."""
        ...

    async def set_daily_budget(self, workspace_id: str, daily_budget: Decimal | None) -> None:
        """Jobs that wait for another try are due at once. Raises NotFoundError; InputError for what is below
        zero or above 100,000."""
        ...

    async def spending(self, workspace_id: str, days: Sequence[date]) -> list[Spent]:
        """Newest day first, then by kind and model."""
        ...

    async def campaign_costs(self, workspace_id: str) -> list[CampaignCost]:
        """Campaigns whose labels cost something, the dearest first."""
        ...

    async def decided_offline(self, workspace_id: str) -> list[str]:
        """Ids of content and campaigns that stand as the offline analyst decided them, because the budget was
        spent or the provider down."""
        ...
