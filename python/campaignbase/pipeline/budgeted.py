"""An analyst that costs money, asked where nobody surer decides, as far as budgets go; else the offline one.

Nor is it asked where it has not passed on the golden set: what reserves the money says so.
Reserve what the answers may cost at most, ask, settle at what they did cost. Two round trips a batch, and
two more where a budget did not pay for all: answers cost less than they may, so more of them fit.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from campaignbase.core.decide import is_decided
from campaignbase.core.gate import not_passed
from campaignbase.core.money import not_granted
from campaignbase.errors import InputError, NotConfiguredError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Failure
from campaignbase.models.budget import Fallback, Grant, Wish
from campaignbase.pipeline.bill import Bill, settled
from campaignbase.ports import Analyst, Budget, Clock

PATIENCE = 120.0  # seconds without an answer: until then jobs wait for a provider, then it counts as down
AGAIN_SECONDS = 10.0  # later no more is asked: the jobs are leased
PAUSE = 10.0  # seconds, up to twice that, until a provider is asked again that did not say when
_MONEY, _SILENCE = (
    "money",
    "silence",
)  # why rows are decided offline, told once each until the provider answers
_MEANWHILE = "rows are decided offline meanwhile; afterwards: campaignbase categorize --decided-offline"
MOST_LOST = 10_000  # rows without an answer that are remembered


@dataclass(frozen=True, slots=True)
class _Group:
    """Requests of one workspace and kind."""

    workspace_id: str
    kind: str
    places: list[int]


@dataclass(frozen=True, slots=True)
class _Excuse:
    """Why the offline analyst answers a request."""

    fallback: Fallback
    reason: str
    cost: Decimal | None = None  # of an answer that never came
    workspace: str = ""  # whose budget it is, by name


class BudgetedAnalyst:
    """Implements ports.Analyst; every answer carries the model that gave it."""

    def __init__(
        self,
        hosted: Analyst,
        offline: Analyst,
        budget: Budget,
        clock: Clock,
        *,
        patience: float = PATIENCE,
        say: Callable[[str], None] | None = None,
        gated: bool = True,
        gate_command: str = "campaignbase train gate",
    ) -> None:
        """
        Args:
            gated: it must have passed; False: the gate itself asks.
            gate_command: what measures it, for who reads that it has not passed.
            patience: 0: nothing waits for the provider.
            say: told once when rows begin to be decided offline, and why; for who runs it.
        """
        self._hosted = hosted
        self._offline = offline
        self._budget = budget
        self._clock = clock
        self._patience = patience
        self._say = say
        self._gated = gated
        self._gate_command = gate_command
        self._said: set[str] = set()
        self._failing_since: float | None = None  # by the clock
        self._answered = 0  # rows, in this process
        self._lost: dict[str, int] = {}  # rows without an answer, and how many others had one by then

    @property
    def name(self) -> str:
        return self._hosted.name

    @property
    def prompt_version(self) -> str | None:
        return self._hosted.prompt_version

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        return self._hosted.estimate(requests)

    async def close(self) -> None:
        await self._hosted.close()

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        """
        Raises:
            NotConfiguredError: the key or the model is refused.
            UnreachableError: the database does not answer; nothing is asked without a reservation.
        """
        if not requests:
            return []
        answers: dict[int, Analysis | _Excuse] = {}
        begun = self._clock.monotonic()
        # those whose category nobody surer decides
        left = [
            place
            for place, request in enumerate(requests)
            if not is_decided(request.item, request.vocabulary)
        ]
        while left:
            before = len(left)
            answers |= await self._round(requests, left)
            left = [place for place in left if _is_unpaid(answers[place])]
            if len(left) == before or self._clock.monotonic() - begun >= AGAIN_SECONDS:
                break
        for place in left:
            home, excuse = requests[place].item.workspace_id, answers[place]
            if isinstance(excuse, _Excuse):
                self._tell(home, f"workspace {excuse.workspace!r}: {excuse.reason}")
        return await self._filled(requests, answers)

    async def _round(
        self, requests: Sequence[AnalysisRequest], places: Sequence[int]
    ) -> dict[int, Analysis | _Excuse]:
        groups = _groups(requests, places)
        grants = await self._budget.reserve_spend(
            [
                Wish(
                    group.workspace_id,
                    group.kind,
                    self.name,
                    tuple(self._hosted.estimate([requests[place]]) for place in group.places),
                    self.prompt_version if self._gated else None,
                )
                for group in groups
            ]
        )
        answers: dict[int, Analysis | _Excuse] = {}
        async with settled(self._budget, grants) as bill:
            asking = [
                asyncio.create_task(self._ask(requests, group, grant, bill))
                for group, grant in zip(groups, grants, strict=True)
            ]
            try:
                for found in await asyncio.gather(*asking):
                    answers |= found
            finally:
                for task in asking:
                    task.cancel()
                await asyncio.gather(*asking, return_exceptions=True)
        return answers

    async def _ask(
        self, requests: Sequence[AnalysisRequest], group: _Group, grant: Grant, bill: Bill
    ) -> dict[int, Analysis | _Excuse]:
        if grant.gate is not None:
            excuse = self._not_passed(group.workspace_id, grant)
            return dict.fromkeys(group.places, excuse)
        asked, left = group.places[: grant.granted], group.places[grant.granted :]
        found: dict[int, Analysis | _Excuse] = {}
        if left:
            taken = self._hosted.estimate([requests[place] for place in asked])
            why = not_granted(self.name, grant.daily_budget, grant.available - taken)
            excuse = _Excuse(
                "budget", f"{why}; decided offline", workspace=grant.workspace or group.workspace_id
            )
            found |= dict.fromkeys(left, excuse)
        if not asked:
            return found
        try:
            answers = await self._hosted.analyze([requests[place] for place in asked])
        except ProviderError as error:
            bill.cost(grant, error.cost)
            failure = Failure(str(error), permanent=not error.retryable, retry_after=error.retry_after)
            answers = [Analysis(failure=failure) for _ in asked]
        except (InputError, NotConfiguredError):
            bill.cost(grant, Decimal(0), 0)
            raise
        else:
            bill.cost(grant, sum((answer.cost or Decimal(0) for answer in answers), Decimal(0)))
        if heard := sum(answer.failure is None for answer in answers):
            self._failing_since = None
            self._answered += heard
            self._said -= {_MONEY, _SILENCE}
        for place, answer in zip(asked, answers, strict=True):
            target = requests[place].item.target_id
            if answer.failure is None:
                self._lost.pop(target, None)
                found[place] = answer if answer.model else replace(answer, model=self.name)
            elif self._waits(answer.failure):
                failure = self._blamed(target, answer.failure, billed=bool(answer.cost))
                found[place] = replace(answer, failure=failure)
            else:
                found[place] = self._excuse(answer.failure, answer.cost)
        return found

    def _not_passed(self, home: str, grant: Grant) -> _Excuse:
        why = not_passed(
            self.name, self.prompt_version, grant.workspace or home, grant.gate or "", self._gate_command
        )
        self._tell(why, f"{why}; rows are decided offline meanwhile")
        return _Excuse("gate", f"{why}; decided offline")

    def _waits(self, failure: Failure) -> bool:
        if failure.permanent:
            return False
        now = self._clock.monotonic()
        if self._failing_since is None:
            self._failing_since = now
        return now - self._failing_since + (failure.retry_after or 0) < self._patience

    def _blamed(self, target_id: str, failure: Failure, *, billed: bool) -> Failure:
        """A failure counts as the row's own only where it failed before and others had answers since.

        Without that no row would outlive a provider that is down for a minute, and one whose every try may be
        billed would be asked for ever.
        """
        if len(self._lost) >= MOST_LOST:
            self._lost.clear()
        before = self._lost.get(target_id, self._answered)
        self._lost[target_id] = self._answered
        if before < self._answered:
            return replace(failure, retry_after=None) if billed else failure
        if failure.retry_after is None:
            return replace(failure, retry_after=random.uniform(PAUSE, 2 * PAUSE))
        return failure

    def _excuse(self, failure: Failure, cost: Decimal | None) -> _Excuse:
        about = _MONEY if failure.permanent else _SILENCE
        self._tell(about, f"{failure.message}; {_MEANWHILE}")
        # what a provider says is for who runs this, not for who reads the labels
        why = "its provider wants money" if failure.permanent else "its provider does not answer"
        return _Excuse("provider", f"{self.name} was not heard, {why}; decided offline", cost)

    def _tell(self, about: str, line: str) -> None:
        """Once for each thing it is about."""
        if self._say is not None and about not in self._said:
            self._said.add(about)
            self._say(line)

    async def _filled(
        self, requests: Sequence[AnalysisRequest], answers: dict[int, Analysis | _Excuse]
    ) -> list[Analysis]:
        left = [place for place in range(len(requests)) if not isinstance(answers.get(place), Analysis)]
        spoken = await self._offline.analyze([requests[place] for place in left])
        for place, answer in zip(left, spoken, strict=True):
            own = replace(answer, model=self._offline.name)
            excuse = answers.get(place)
            answers[place] = _excused(own, excuse) if isinstance(excuse, _Excuse) else own
        return [found for _, found in sorted(answers.items()) if isinstance(found, Analysis)]


def _excused(answer: Analysis, excuse: _Excuse) -> Analysis:
    category = replace(answer.category, reasons=(excuse.reason, *answer.category.reasons))
    return replace(answer, category=category, cost=excuse.cost, fallback=excuse.fallback)


def _is_unpaid(found: Analysis | _Excuse) -> bool:
    return isinstance(found, _Excuse) and found.fallback == "budget"


def _groups(requests: Sequence[AnalysisRequest], places: Sequence[int]) -> list[_Group]:
    found: dict[tuple[str, str], list[int]] = {}
    for place in places:
        item = requests[place].item
        kind = "categorize_campaign" if item.facts is None else "categorize_content"
        found.setdefault((item.workspace_id, kind), []).append(place)
    return [_Group(home, kind, places) for (home, kind), places in found.items()]
