"""A model within budgets: what is asked, what it costs, who answers the rest and with which words."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from campaignbase.core.money import shares, until_next_day, usd
from campaignbase.errors import NotConfiguredError, ProviderError, UnreachableError
from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Analysis,
    AnalysisRequest,
    Failure,
    ItemContext,
    LabelChoice,
    Vocabulary,
)
from campaignbase.pipeline.budgeted import PAUSE, BudgetedAnalyst
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock, ScriptedAnalyst

MODEL, OFFLINE = "model-1", "offline-1"
PRICE = Decimal("0.01")
SPENT = Decimal("0.004")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "budget.db", clock=FakeClock())
    yield opened
    await opened.close()


def requests(
    count: int, home: str = DEFAULT_WORKSPACE_ID, *, campaign: bool = False
) -> list[AnalysisRequest]:
    item = ItemContext(
        "t", home, None if campaign else {}, frozenset(), frozenset(), (), (), (), (), ()
    )  # fmt: skip
    return [AnalysisRequest(f"text {number}", item, Vocabulary(1, (), (), ())) for number in range(count)]


class Hosted(ScriptedAnalyst):
    """Answers at its price, or raises what it is told to."""

    def __init__(self, answer: Callable[[AnalysisRequest], Analysis] | None = None) -> None:
        super().__init__(answer or (lambda _: Analysis(cost=SPENT)), MODEL, price=PRICE)
        self.error: Exception | None = None

    async def analyze(self, asked: Sequence[AnalysisRequest]) -> list[Analysis]:
        if self.error is not None:
            raise self.error
        return await super().analyze(asked)


def budgeted(store: SqliteStore, hosted: Hosted, **more: Any) -> BudgetedAnalyst:
    offline = ScriptedAnalyst(lambda _: Analysis(LabelChoice(reasons=("no words",))), OFFLINE)
    return BudgetedAnalyst(hosted, offline, store, FakeClock(), **more)


async def spent(store: SqliteStore, home: str = DEFAULT_WORKSPACE_ID) -> tuple[Decimal, Decimal]:
    found = await store.daily_budget(home, store._db.clock.now().date())
    return found.reserved, found.settled


async def test_what_fits_is_asked_and_the_rest_decided_offline(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal("0.025"))
    # as dear as it may be
    hosted, said = Hosted(lambda _: Analysis(cost=PRICE)), list[str]()
    answers = await budgeted(store, hosted, say=said.append).analyze(requests(4))
    assert [request.text for request in hosted.requests] == ["text 0", "text 1"]
    assert [(answer.model, answer.fallback, answer.cost) for answer in answers] == [
        (MODEL, None, PRICE),
        (MODEL, None, PRICE),
        (OFFLINE, "budget", None),
        (OFFLINE, "budget", None),
    ]
    assert answers[2].category.reasons == (
        "of the budget of 0.025 USD a day 0.005 USD is left, which is too little; decided offline",
        "no words",
    )
    assert await spent(store) == (Decimal(0), 2 * PRICE)
    assert said == [f"workspace 'default': {answers[2].category.reasons[0]}"]


async def test_what_answers_did_not_cost_pays_for_more(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal("0.025"))
    hosted = Hosted()
    answers = await budgeted(store, hosted).analyze(requests(6))
    # 0.025 reserves two; 0.017 are left, for one more; then 0.013, one more; 0.009 are too little
    assert [request.text for request in hosted.requests] == ["text 0", "text 1", "text 2", "text 3"]
    assert [answer.fallback for answer in answers] == [None] * 4 + ["budget"] * 2
    assert await spent(store) == (Decimal(0), 4 * SPENT)


async def test_no_more_is_asked_when_the_lease_may_end(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal("0.025"))
    clock = FakeClock()

    def slowly(_: AnalysisRequest) -> Analysis:
        clock.advance(6)
        return Analysis(cost=SPENT)

    analyst = BudgetedAnalyst(Hosted(slowly), ScriptedAnalyst(name=OFFLINE), store, clock)
    answers = await analyst.analyze(requests(6))
    assert [answer.fallback for answer in answers] == [None] * 2 + ["budget"] * 4


async def test_what_somebody_surer_decides_costs_nothing(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted = Hosted()
    filed, *rest = requests(2)
    filed = replace(filed, item=replace(filed.item, human_fields=frozenset({"category"})))
    answers = await budgeted(store, hosted).analyze([filed, *rest])
    assert [(answer.model, answer.fallback) for answer in answers] == [(OFFLINE, None), (MODEL, None)]
    assert answers[0].category.reasons == ("no words",)
    [answer] = await budgeted(store, hosted).analyze([filed])
    assert (answer.model, len(hosted.requests)) == (OFFLINE, 1)
    assert await spent(store) == (Decimal(0), SPENT)


async def test_without_a_budget_nothing_is_asked(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, None)
    hosted = Hosted()
    (answer,) = await budgeted(store, hosted).analyze(requests(1))
    assert hosted.requests == []
    assert (answer.model, answer.fallback) == (OFFLINE, "budget")
    assert answer.category.reasons[0] == "model-1 costs money and no daily budget is set; decided offline"


async def test_each_workspace_and_kind_is_counted_by_itself(store: SqliteStore) -> None:
    other = (await store.create_workspace("other")).id
    for home in (DEFAULT_WORKSPACE_ID, other):
        await store.set_daily_budget(home, Decimal("0.02"))
    asked = [*requests(1, campaign=True), *requests(2), *requests(1, other)]
    dear = Hosted(lambda _: Analysis(cost=PRICE))
    answers = await budgeted(store, dear).analyze(asked)
    # the campaign comes first, then one text of two
    assert [answer.fallback for answer in answers] == [None, None, "budget", None]
    day = store._db.clock.now().date()
    assert [(one.kind, one.requests) for one in await store.spending(DEFAULT_WORKSPACE_ID, [day])] == [
        ("categorize_campaign", 1),
        ("categorize_content", 1),
    ]
    assert await spent(store, other) == (Decimal(0), PRICE)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        # down, after a call that may have been billed
        (ProviderError("boom", cost=Decimal("0.003")), "its provider does not answer"),
        (ProviderError("pay", retryable=False), "its provider wants money"),
        (ProviderError("busy", retry_after=5.0), "its provider does not answer"),
    ],
)
async def test_a_provider_that_is_down_or_out_of_money_is_replaced(
    store: SqliteStore, error: ProviderError, reason: str
) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted, said = Hosted(), list[str]()
    hosted.error = error
    (answer,) = await budgeted(store, hosted, patience=0.0, say=said.append).analyze(requests(1))
    assert (answer.model, answer.fallback) == (OFFLINE, "provider")
    assert answer.category.reasons[0] == f"model-1 was not heard, {reason}; decided offline"
    # no job died of it, so `worker --replay` would find nothing
    told = "rows are decided offline meanwhile; afterwards: campaignbase categorize --decided-offline"
    assert said == [f"{error}; {told}"]
    assert await spent(store) == (Decimal(0), error.cost)


async def test_why_rows_are_decided_offline_is_told_once_until_the_provider_answers(
    store: SqliteStore,
) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted, said = Hosted(), list[str]()
    analyst = budgeted(store, hosted, patience=0.0, say=said.append)
    for seconds in (30, 20, None, 10):
        hosted.error = None if seconds is None else ProviderError(f"left alone, {seconds} s more")
        await analyst.analyze(requests(1))
    assert [line.partition(";")[0] for line in said] == ["left alone, 30 s more", "left alone, 10 s more"]


async def test_jobs_wait_for_a_short_trouble_and_not_for_a_long_one(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted, clock = Hosted(), FakeClock()
    analyst = BudgetedAnalyst(hosted, ScriptedAnalyst(name=OFFLINE), store, clock, patience=120.0)
    hosted.error = ProviderError("busy", retry_after=30.0)
    (first,) = await analyst.analyze(requests(1))
    assert first.failure == Failure("busy", retry_after=30.0)
    clock.advance(100)
    (second,) = await analyst.analyze(requests(1))
    assert (second.failure, second.fallback) == (None, "provider")
    hosted.error = None
    await analyst.analyze(requests(1))  # it is back
    hosted.error = ProviderError("busy", retry_after=86400.0)
    (third,) = await analyst.analyze(requests(1))
    assert third.fallback == "provider"  # nobody waits a day


async def test_no_row_is_blamed_for_a_provider_that_is_down(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted, clock = Hosted(), FakeClock()
    analyst = BudgetedAnalyst(hosted, ScriptedAnalyst(name=OFFLINE), store, clock, patience=120.0)
    hosted.error = ProviderError("500", cost=PRICE)
    while True:
        (found,) = await analyst.analyze(requests(1))
        if found.failure is None:
            break
        assert found.failure.retry_after is not None  # it counts as no failure
        assert PAUSE <= found.failure.retry_after <= 2 * PAUSE
        clock.advance(found.failure.retry_after)
    assert found.fallback == "provider"
    assert clock.monotonic() >= 100


async def test_a_row_that_fails_alone_again_and_again_is_blamed(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    odd, other = requests(2)
    other = replace(other, item=replace(other.item, target_id="other"))

    def answer(request: AnalysisRequest) -> Analysis:
        broke_off = Analysis(failure=Failure("broke off", retry_after=45.0), cost=PRICE)
        return broke_off if request is odd else Analysis(cost=SPENT)

    analyst = budgeted(store, Hosted(answer))
    waits = []
    for asked in ([odd], [other], [odd], [odd, other], [odd]):
        failures = [found.failure for found in await analyst.analyze(asked) if found.failure is not None]
        waits += [failure.retry_after for failure in failures]
    # the first time it may be the provider; None: it counts, for others were answered since
    assert waits == [45.0, None, None, 45.0]


async def test_a_row_that_failed_alone_is_replaced_alone_and_keeps_its_cost(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))

    def answer(request: AnalysisRequest) -> Analysis:
        if request.text == "text 1":
            return Analysis(failure=Failure("late"), cost=PRICE)
        return Analysis(cost=SPENT)

    answers = await budgeted(store, Hosted(answer), patience=0.0).analyze(requests(3))
    assert [(one.model, one.cost) for one in answers] == [(MODEL, SPENT), (OFFLINE, PRICE), (MODEL, SPENT)]
    assert await spent(store) == (Decimal(0), 2 * SPENT + PRICE)


async def test_a_refused_key_stops_and_costs_nothing(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted = Hosted()
    hosted.error = NotConfiguredError("no such key")
    with pytest.raises(NotConfiguredError):
        await budgeted(store, hosted).analyze(requests(1))
    assert await spent(store) == (Decimal(0), Decimal(0))


async def test_a_worker_that_is_stopped_settles_what_it_may_have_spent(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    hosted, begun = Hosted(), asyncio.Event()

    async def forever(_: Sequence[AnalysisRequest]) -> list[Analysis]:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    hosted.analyze = forever  # type: ignore[method-assign]
    asking = asyncio.create_task(budgeted(store, hosted).analyze(requests(2)))
    await begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await spent(store) == (Decimal(0), 2 * PRICE)  # nobody knows: all of it


async def test_nothing_is_asked_without_a_reservation(store: SqliteStore) -> None:
    hosted = Hosted()
    analyst = budgeted(store, hosted)
    await store.close()
    with pytest.raises(UnreachableError):
        await analyst.analyze(requests(1))
    assert hosted.requests == []


@pytest.mark.parametrize(
    ("amount", "told"), [("2", "2.00 USD"), ("0.025", "0.025 USD"), ("0", "0.00 USD"), ("1E+2", "100.00 USD")]
)
def test_usd_tells_amounts_whole(amount: str, told: str) -> None:
    assert usd(Decimal(amount)) == told


def test_shares_and_days() -> None:
    assert shares(Decimal(9), [Decimal(1), Decimal(2)]) == [Decimal(3), Decimal(6)]
    assert shares(Decimal(9), [Decimal(0)]) == [Decimal(0)]
    assert until_next_day(FakeClock().now()) == 86400.0
