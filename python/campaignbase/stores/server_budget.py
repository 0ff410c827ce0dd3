"""Money for models on a server."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from campaignbase.errors import NotFoundError, UnreachableError
from campaignbase.models.budget import CampaignCost, DayBudget, Grant, Settlement, Spent, Wish
from campaignbase.ports.budget import RESERVED_SECONDS
from campaignbase.stores import budget_rows as read
from campaignbase.stores.calls import Calls, ConflictError, Json

TRIES = 5  # a workspace may be deleted meanwhile
_NOTHING = Decimal(0)


class ServerBudget(Calls):
    """`campaignbase.ports.budget.Budget`."""

    async def reserve_spend(
        self, wishes: Sequence[Wish], expires_seconds: int = RESERVED_SECONDS
    ) -> list[Grant]:
        if not wishes:
            return []
        wanted = Json(read.wishes(wishes))
        for attempt in range(1, TRIES + 1):
            try:
                found = await self._rows("reserve_spend", wanted=wanted, expires_seconds=expires_seconds)
            except ConflictError as error:
                if attempt == TRIES:
                    raise UnreachableError(f"{error}, {attempt} times") from error
            else:
                return [read.grant(row) for row in sorted(found, key=lambda row: int(row["place"]))]
        raise AssertionError("unreachable")

    async def settle_spend(self, settlements: Sequence[Settlement]) -> int:
        if not settlements:
            return 0
        told = Json(read.settlements(settlements))
        for attempt in range(1, TRIES + 1):
            try:
                return int(await self._value("settle_spend", settlements=told))
            except ConflictError as error:
                if attempt == TRIES:
                    raise UnreachableError(f"{error}, {attempt} times") from error
        raise AssertionError("unreachable")

    async def daily_budget(self, workspace_id: str, day: date) -> DayBudget:
        found = await self._all("workspaces", ("id", "daily_budget"), {"id": workspace_id})
        if not found:
            raise NotFoundError(f"no workspace {workspace_id}")
        where = {"workspace_id": workspace_id, "day": day.isoformat()}
        spent = await self._all("daily_spending", ("day", "reserved", "settled"), where, key="day")
        budget = found[0]["daily_budget"]
        return DayBudget(
            day,
            None if budget is None else read.dollars(budget),
            read.dollars(spent[0]["reserved"] if spent else _NOTHING),
            read.dollars(spent[0]["settled"] if spent else _NOTHING),
        )

    async def set_daily_budget(self, workspace_id: str, daily_budget: Decimal | None) -> None:
        read.check_budget(daily_budget)
        amount = None if daily_budget is None else f"{daily_budget:f}"
        await self._value("set_daily_budget", workspace_id=workspace_id, daily_budget=amount)

    async def spending(self, workspace_id: str, days: Sequence[date]) -> list[Spent]:
        if not days:
            return []
        where = {"workspace_id": workspace_id, "day": [day.isoformat() for day in days]}
        columns = ("id", "day", "kind", "model", "requests", "cost")
        return read.spending(await self._all("spending", columns, where))

    async def campaign_costs(self, workspace_id: str) -> list[CampaignCost]:
        columns = ("id", "name", "paid_answers", "labeling_cost")
        return read.campaign_costs(await self._all("campaign_costs", columns, {"workspace_id": workspace_id}))

    async def decided_offline(self, workspace_id: str) -> list[str]:
        columns = ("id", "target_id")
        found = await self._all("offline_decisions", columns, {"workspace_id": workspace_id})
        return sorted(str(row["target_id"]) for row in found)
