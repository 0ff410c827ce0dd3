"""Money for models: what is wished for, what was granted, what it cost. US dollars, days of UTC."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

MOST_DAYS = 92  # of spending, asked for at once
PLACES = 6  # of a dollar; amounts are rounded up to that

# why the offline analyst answered for the model that is configured
Fallback = Literal["budget", "provider", "gate"]


@dataclass(frozen=True, slots=True)
class Wish:
    """To ask a model about some texts of a workspace."""

    workspace_id: str
    kind: str  # lower_snake_case: categorize_content, categorize_campaign, embedding
    model: str
    amounts: tuple[Decimal, ...]  # what each text may cost at most
    prompt_version: str | None = None  # with one the model must have passed the gate there


@dataclass(frozen=True, slots=True)
class Grant:
    reservation_id: str | None  # None: nothing was granted
    granted: int  # that many of the amounts, from the first on
    daily_budget: Decimal | None  # None: the workspace has none
    available: Decimal  # what was left of it before
    # why the model may not decide there, whatever the budget; None: it may
    gate: Literal["lost", "unmeasured"] | None = None
    workspace: str | None = None  # its name; None: there is none


@dataclass(frozen=True, slots=True)
class Settlement:
    reservation_id: str
    cost: Decimal | None  # None: nobody knows, so all that was reserved
    requests: int | None = None  # how many texts were asked about; None: as many as were granted


@dataclass(frozen=True, slots=True)
class DayBudget:
    day: date
    daily_budget: Decimal | None  # None: nothing may be spent
    reserved: Decimal  # what answers under way may cost at most
    settled: Decimal  # what was spent

    @property
    def available(self) -> Decimal:
        return max((self.daily_budget or Decimal(0)) - self.reserved - self.settled, Decimal(0))


@dataclass(frozen=True, slots=True)
class Spent:
    day: date
    kind: str
    model: str
    requests: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class CampaignCost:
    id: str
    name: str
    paid_answers: int
    labeling_cost: Decimal
