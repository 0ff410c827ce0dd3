"""Rows whose questions wait with a provider: answered a day later, lost, refused, called back."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.labeling import CLOCK, asset, files_under, insert, labeler
from tests.unit.pipeline.test_backfill import (
    HOME,
    PRICE,
    SPENT,
    asking,
    backfiller,
    begin,
    hosted,
    run_of,
    work,
)

from campaignbase.errors import NotFoundError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Correction, LabelChoice
from campaignbase.models.backfills import NewBackfill
from campaignbase.models.learning import GateVerdict
from campaignbase.pipeline.backfill import Backfiller
from campaignbase.pipeline.backfill_batches import BatchedQuestions
from campaignbase.pipeline.unhurried import PROVIDER_SECONDS
from campaignbase.stores.sqlite import SqliteStore


class Batches:
    """Answers by the id of the row when told that it is done."""

    name = "model-1"
    prompt_version = "1"

    def __init__(self) -> None:
        self.asked: dict[str, AnalysisRequest] = {}
        self.done = self.gone = False
        self.answers: dict[str, Analysis] = {}
        self.error: ProviderError | None = None
        self.called_back: list[str] = []

    def estimate(self, request: AnalysisRequest) -> Decimal:
        return PRICE

    async def submit(self, requests: Mapping[str, AnalysisRequest]) -> Mapping[str, Any]:
        if self.error is not None:
            raise self.error
        self.asked |= requests
        return {"id": f"b{len(self.asked)}"}

    async def is_done(self, ticket: Mapping[str, Any]) -> bool:
        assert ticket["id"].startswith("b")
        if self.gone:
            raise NotFoundError("m-1 knows no such batch")
        return self.done

    async def collect(self, ticket: Mapping[str, Any]) -> dict[str, Analysis]:
        return self.answers

    async def cancel(self, ticket: Mapping[str, Any]) -> None:
        self.called_back.append(ticket["id"])


def batched(store: SqliteStore, batches: Batches) -> Backfiller:
    analyst = hosted(store)
    working = asking(store, analyst)
    asked = BatchedQuestions(store, working, batches, CLOCK)
    return backfiller(store, working, analyst=analyst, batches=asked)


async def test_a_batch_outlives_the_worker_that_asked(store: SqliteStore) -> None:
    ids = await insert(store, "one", "two", "three", "four")
    await labeler(store).drain()
    await store.correct(ids[0], Correction(category="event"))
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(1))
    offer = next(one.id for one in await store.categories(HOME) if one.name == "offer")
    key = await begin(store, NewBackfill("labels", {"content_only": True}, batched=True))
    batches = Batches()
    await work(batched(store, batches))
    assert set(batches.asked) == set(ids[1:])  # of what a person filed nobody is asked
    run = await run_of(store, key)
    assert (run.state, run.taken, run.done) == ("running", 4, 1)
    day = await store.daily_budget(HOME, CLOCK.now().date())
    assert day.reserved == PRICE * 3

    # the worker is gone; meanwhile a row is edited, and another one corrected
    with store._db.write():
        store._db.run("update content_assets set content = 'edited' where id = ?", (ids[1],))
    await store.correct(ids[2], Correction(category="event"))
    await labeler(store).drain()
    choice = LabelChoice("model", 0.9, ("says the batch",), offer)
    batches.answers = {
        ids[1]: Analysis(category=choice, cost=SPENT),
        ids[2]: Analysis(category=choice, cost=SPENT),
        ids[3]: Analysis(category=choice, cost=SPENT),
    }
    another = batched(store, batches)
    assert await another.step() is None  # it is not looked at before a minute
    CLOCK.advance(61)
    assert await another.step() is None  # and not done yet
    batches.done = True
    CLOCK.advance(61)
    await work(another)
    assert (await asset(store, ids[1])).primary_category is None  # another text: its answer is not taken
    assert (await asset(store, ids[2])).primary_category == "event"
    assert (await asset(store, ids[3])).primary_category == "offer"
    assert await store.model_batches(key) == []
    run = await run_of(store, key)
    assert (run.state, run.done) == ("done", 4)  # also the one that was edited, and another worker labeled
    assert (run.changed, run.cost) == (1, SPENT * 2)
    day = await store.daily_budget(HOME, CLOCK.now().date())
    assert (day.reserved, day.settled) == (0, SPENT * 3)  # all that was answered is paid


@pytest.mark.parametrize("at_once", [True, False])
async def test_the_batch_of_a_canceled_run_is_called_back_and_what_it_answered_is_paid(
    store: SqliteStore, at_once: bool
) -> None:
    ids = await insert(store, "one", "two")
    await labeler(store, analyst=await files_under(store, "event")).drain()
    await store.set_daily_budget(HOME, Decimal(1))
    key = await begin(store, NewBackfill("labels", {"content_only": True}, batched=True))
    batches = Batches()
    await work(batched(store, batches))
    assert await store.stop_backfill(key, "canceled")
    working = batched(store, batches)
    if at_once:
        await working.call_back(key)
    else:
        CLOCK.advance(61)
        assert await working.step() is None
    assert batches.called_back == ["b2"]
    assert (await store.daily_budget(HOME, CLOCK.now().date())).reserved == PRICE * 2
    batches.done = True
    offer = next(one.id for one in await store.categories(HOME) if one.name == "offer")
    choice = LabelChoice("model", 0.9, ("says the batch",), offer)
    batches.answers = {ids[0]: Analysis(category=choice, cost=SPENT)}
    CLOCK.advance(61)
    await work(working)
    assert batches.called_back == ["b2"]
    assert await store.model_batches(key) == []
    day = await store.daily_budget(HOME, CLOCK.now().date())
    assert (day.reserved, day.settled) == (0, SPENT)
    run = await run_of(store, key)
    assert (run.state, run.done, run.cost) == ("canceled", 0, SPENT)
    CLOCK.advance(90000)
    assert await store.claim_jobs("w") == []  # nobody is asked about them at the full price
    assert [(await asset(store, row)).primary_category for row in ids] == ["event", "event"]


async def test_what_a_batch_lost_is_labeled_as_any_row(store: SqliteStore) -> None:
    await insert(store, "one", "two")
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(1))
    await begin(store, NewBackfill("labels", {"content_only": True}, batched=True))
    batches = Batches()
    batches.done = True
    working = batched(store, batches)
    await work(working)
    CLOCK.advance(61)
    await work(working)  # it has no answer at all
    CLOCK.advance(2)
    assert len(await store.claim_jobs("w")) == 2


async def test_rows_of_a_batch_that_nobody_knows_are_labeled_as_any(store: SqliteStore) -> None:
    await insert(store, "one", "two")
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(1))
    key = await begin(store, NewBackfill("labels", {"content_only": True}, batched=True))
    batches = Batches()
    batches.gone = True
    working = batched(store, batches)
    await work(working)
    await store.set_daily_budget(HOME, Decimal(2))  # wakes what waits, but for what a provider answers
    assert await store.claim_jobs("w") == []
    CLOCK.advance(61)
    await work(working)
    assert await store.model_batches(key) == []
    assert (await run_of(store, key)).last_error == "m-1 knows no such batch"
    day = await store.daily_budget(HOME, CLOCK.now().date())
    assert (day.reserved, day.settled) == (0, PRICE * 2)  # nobody knows what it cost
    assert len(await store.claim_jobs("w")) == 2


@pytest.mark.parametrize(
    ("budget", "waits"), [("0.20", "is left, which is too little"), ("1", "the provider is down")]
)
async def test_what_cannot_be_submitted_waits(store: SqliteStore, budget: str, waits: str) -> None:
    await insert(store, "one", "two", "three")
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(budget))
    key = await begin(store, NewBackfill("labels", {"content_only": True}, batched=True))
    batches = Batches()
    batches.error = None if budget == "0.20" else ProviderError("the provider is down", cost=SPENT)
    await work(batched(store, batches))
    assert len(batches.asked) == (1 if budget == "0.20" else 0)  # of half a day's budget
    assert waits in ((await run_of(store, key)).last_error or "")
    day = await store.daily_budget(HOME, CLOCK.now().date())
    assert (day.reserved, day.settled) == ((PRICE, 0) if budget == "0.20" else (0, SPENT))
    assert await store.claim_jobs("w") == []


@pytest.mark.parametrize("in_batches", [True, False])
async def test_a_model_that_lost_on_the_golden_set_is_not_asked_again_about_rows(
    store: SqliteStore, in_batches: bool
) -> None:
    await insert(store, "one")
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(1))
    await store.record_verdict(HOME, GateVerdict("analyst", "model-1", "1", 0.02, {}, passed=False))
    key = await begin(store, NewBackfill("labels", {"content_only": True}, batched=in_batches))
    batches = Batches()
    await work(batched(store, batches))
    assert batches.asked == {}
    run = await run_of(store, key)
    assert run.last_error == (
        "model-1 with prompt 1 lost on the golden set of workspace 'default'; it decides when it passes:"
        " campaignbase train gate --workspace default"
    )
    assert run.run_at == CLOCK.now() + timedelta(seconds=PROVIDER_SECONDS)
    assert (await store.daily_budget(HOME, CLOCK.now().date())).reserved == 0
    assert await store.claim_jobs("w") == []  # it has a label, or waits for one
