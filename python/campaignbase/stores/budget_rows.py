"""Money between the stores and the models. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any

from campaignbase.errors import InputError
from campaignbase.models.budget import PLACES, CampaignCost, Grant, Settlement, Spent, Wish

HIGHEST = 100_000  # US dollars; sql/tables/workspaces.sql
_UNIT = Decimal(1).scaleb(-PLACES)


def dollars(value: Any) -> Decimal:
    """What a driver, JSON or SQLite tells."""
    return Decimal(str(value)).quantize(_UNIT)


def rounded_up(amount: Decimal) -> Decimal:
    return amount.quantize(_UNIT, ROUND_UP)


def check_amounts(wishes: Iterable[Wish]) -> None:
    """Raises InputError, as sql/rpc/reserve_spend.sql does."""
    for wish in wishes:
        if not all(_possible(amount) for amount in wish.amounts):
            raise InputError(f"an amount is out of range: expected 0 to {HIGHEST} US dollars")


def check_settlements(settlements: Iterable[Settlement]) -> None:
    """Raises InputError, as sql/rpc/settle_spend.sql does."""
    for told in settlements:
        if (told.cost is not None and not _possible(told.cost)) or (told.requests or 0) < 0:
            raise InputError(
                f"a settlement is out of range: expected a cost of 0 to {HIGHEST} US dollars, or null"
            )


def check_budget(daily_budget: Decimal | None) -> None:
    """Raises InputError, as sql/functions/set_daily_budget.sql does."""
    if daily_budget is not None and not _possible(daily_budget):
        raise InputError(
            f"a daily budget of {daily_budget}: expected 0 to {HIGHEST} US dollars, or null for none"
        )


def _possible(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= HIGHEST


def wishes(wanted: Sequence[Wish]) -> list[dict[str, Any]]:
    return [
        {
            "workspace_id": wish.workspace_id,
            "kind": wish.kind,
            "model": wish.model,
            "prompt_version": wish.prompt_version,
            # as text: JSON's numbers are no decimals
            "amounts": [f"{amount:f}" for amount in wish.amounts],
        }
        for wish in wanted
    ]


def settlements(told: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            "id": one.reservation_id,
            "cost": None if one.cost is None else f"{one.cost:f}",
            "requests": one.requests,
        }
        for one in told
    ]


def grant(row: Mapping[str, Any]) -> Grant:
    key, budget = row["reservation_id"], row["daily_budget"]
    return Grant(
        None if key is None else str(key),
        int(row["granted"]),
        None if budget is None else dollars(budget),
        dollars(row["available"]),
        row["gate"],
        row["workspace_name"],
    )


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def spending(rows: Iterable[Mapping[str, Any]]) -> list[Spent]:
    found = [
        Spent(day(row["day"]), row["kind"], row["model"], int(row["requests"]), dollars(row["cost"]))
        for row in rows
    ]
    return sorted(found, key=lambda spent: (-spent.day.toordinal(), spent.kind, spent.model))


def campaign_costs(rows: Iterable[Mapping[str, Any]]) -> list[CampaignCost]:
    found = [
        CampaignCost(str(row["id"]), row["name"], int(row["paid_answers"]), dollars(row["labeling_cost"]))
        for row in rows
    ]
    return sorted(found, key=lambda cost: (-cost.labeling_cost, cost.name, cost.id))
