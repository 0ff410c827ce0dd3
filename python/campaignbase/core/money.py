"""Amounts of money in words, and how a bill is shared. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

_CENT = Decimal("0.01")


def usd(amount: Decimal) -> str:
    """ "2.00 USD", "0.000012 USD": to the cent where that tells all."""
    whole = amount.quantize(_CENT) == amount
    return f"{amount.quantize(_CENT) if whole else amount.normalize():f} USD"


def not_granted(model: str, daily_budget: Decimal | None, left: Decimal) -> str:
    """Why a model was not asked."""
    if not daily_budget:
        return f"{model} costs money and no daily budget is set"
    if left > 0:
        return f"of the budget of {usd(daily_budget)} a day {usd(left)} is left, which is too little"
    return f"the budget of {usd(daily_budget)} a day is spent"


def shares(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` in parts as large as the weights say."""
    whole = sum(weights, Decimal(0))
    return [total * weight / whole if whole else Decimal(0) for weight in weights]


def until_next_day(now: datetime) -> float:
    """Seconds, in UTC: when budgets begin anew."""
    utc = now.astimezone(UTC)
    tomorrow = (utc + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (tomorrow - utc).total_seconds()
