"""Rows that are there already, a step at a time, with fakes for whoever costs money."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.labeling import CLOCK, Reader, asset, files_under, insert, labeler

from campaignbase.core.money import until_next_day
from campaignbase.errors import InputError, ProviderError
from campaignbase.models import DEFAULT_WORKSPACE_ID, Analysis, AnalysisRequest, Correction, LabelChoice
from campaignbase.models.backfills import Backfill, NewBackfill
from campaignbase.pipeline.backfill import BUDGET_SHARE, ROWS, Backfiller
from campaignbase.pipeline.backfill_preview import preview
from campaignbase.pipeline.budgeted import BudgetedAnalyst
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.pipeline.unhurried import PROVIDER_SECONDS, UnhurriedAnalyst
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import HashEmbedder, ScriptedAnalyst, ScriptedEmbedder

HOME = DEFAULT_WORKSPACE_ID
OTHER = "other-model"
ALL = NewBackfill("labels", {"content_only": True})
PRICE, SPENT = Decimal("0.10"), Decimal("0.04")


async def begin(store: SqliteStore, new: NewBackfill = ALL) -> str:
    return await store.start_backfill(HOME, new)


async def run_of(store: SqliteStore, key: str) -> Backfill:
    return next(run for run in await store.backfills(HOME) if run.id == key)


async def work(backfiller: Backfiller) -> int:
    steps = 0
    while await backfiller.step() is not None:
        steps += 1
        assert steps < 100
    return steps


def backfiller(store: SqliteStore, working: Labeler, **more: Any) -> Backfiller:
    embedders = more.pop("embedders", Embedders(HashEmbedder()))
    return Backfiller(store, working, embedders, CLOCK, **more)


async def test_rows_are_labeled_again_and_what_changed_is_counted(store: SqliteStore) -> None:
    ids = await insert(store, *(f"text {number}" for number in range(45)))
    await labeler(store).drain()  # into review
    await store.correct(ids[0], Correction(category="event"))
    await labeler(store).drain()
    key = await begin(store)
    steps = await work(backfiller(store, labeler(store, analyst=await files_under(store, "offer"))))
    run = await run_of(store, key)
    assert (run.state, run.total, run.done, run.changed, run.failed) == ("done", 45, 45, 44, 0)
    assert steps == 3  # of forty rows, the last of which finds the end
    assert (await asset(store, ids[0])).primary_category == "event"  # a person's
    assert (await asset(store, ids[1])).primary_category == "offer"


async def test_steps_side_by_side_take_each_row_once_and_end_when_all_are_written(store: SqliteStore) -> None:
    await insert(store, *(f"text {number}" for number in range(2 * ROWS + 5)))
    await labeler(store).drain()
    key = await begin(store)
    working = backfiller(store, labeler(store, analyst=await files_under(store, "offer")))
    seen: list[tuple[str, int]] = []

    async def lane(beside: bool) -> None:
        while await working.step(beside=beside, briefly=beside):
            run = await run_of(store, key)
            seen.append((run.state, run.done))

    await asyncio.gather(lane(False), lane(True))
    run = await run_of(store, key)
    assert (run.state, run.taken, run.done, run.changed) == ("done", 85, 85, 85)
    assert {done for state, done in seen if state == "done"} <= {85}


async def test_a_dry_run_tells_the_moves_and_writes_nothing(store: SqliteStore) -> None:
    ids = await insert(store, "one", "two", "three")
    await labeler(store).drain()
    await store.correct(ids[0], Correction(category="event"))
    await labeler(store).drain()
    before = [await store.explain(key) for key in ids]
    looking = labeler(store, analyst=await files_under(store, "offer"))
    seen = await preview(store, looking, HOME, {"content_only": True}, 0)
    assert (seen.scanned, seen.selected, seen.complete, seen.changed) == (3, 3, True, 2)
    assert seen.moves == {(None, "offer"): 2}
    assert {row.id for row in seen.rows} == set(ids[1:])
    assert {row.why for row in seen.rows} == {"because"}
    assert [await store.explain(key) for key in ids] == before
    assert (await preview(store, looking, HOME, {"content_only": True}, 1)).complete is False


async def test_a_dry_run_adds_up_what_a_model_would_cost_and_asks_it_nothing(store: SqliteStore) -> None:
    ids = await insert(store, "one", "two", "three")
    await labeler(store).drain()
    await store.correct(ids[0], Correction(category="event"))  # "one" is decided by its equal

    class Price:
        def of(self, request: AnalysisRequest) -> tuple[int, Decimal, Decimal]:
            return len(request.text), Decimal("0.01"), Decimal("0.02")

    seen = await preview(store, labeler(store), HOME, {"content_only": True}, 0, Price())
    assert (seen.asked, seen.tokens) == (2, len("two") + len("three"))
    assert (seen.cost, seen.at_most) == (Decimal("0.02"), Decimal("0.04"))


# vectors


async def test_vectors_of_another_model_are_made_and_used(store: SqliteStore) -> None:
    ids = await insert(store, "one", "", "two")
    await labeler(store).drain()
    key = await begin(store, NewBackfill("vectors", embedding_model=OTHER))
    nobody = backfiller(store, labeler(store))
    assert await nobody.step() is None  # it has not the model
    both = Embedders(HashEmbedder(), [HashEmbedder(OTHER)])
    await work(backfiller(store, labeler(store), embedders=both))
    assert (await run_of(store, key)).state == "switched"
    assert (await store.workspaces())[0].embedding_model == OTHER
    assert (await asset(store, ids[0])).embedding_model == OTHER
    assert (await asset(store, ids[1])).embedding_model is None  # there is nothing to read
    assert await store.claim_jobs("w") == []


async def test_no_switch_until_it_is_asked_for(store: SqliteStore) -> None:
    await insert(store, "one")
    await labeler(store).drain()
    key = await begin(store, NewBackfill("vectors", embedding_model=OTHER, switches=False))
    both = Embedders(HashEmbedder(), [HashEmbedder(OTHER)])
    await work(backfiller(store, labeler(store), embedders=both))
    assert (await run_of(store, key)).state == "ready"
    assert (await store.workspaces())[0].embedding_model != OTHER


async def test_vectors_that_a_provider_refuses_now_are_made_later_for_good_never(store: SqliteStore) -> None:
    await insert(store, "one")
    await labeler(store).drain()
    key = await begin(store, NewBackfill("vectors", embedding_model=OTHER))
    down = ScriptedEmbedder([ProviderError("down", retry_after=30)], OTHER)
    working = backfiller(store, labeler(store), embedders=Embedders(HashEmbedder(), [down]))
    assert await working.step() is not None
    run = await run_of(store, key)
    assert (run.done, run.last_error) == (0, "down")
    assert run.run_at == CLOCK.now() + timedelta(seconds=30)
    assert await working.step() is None
    CLOCK.advance(31)

    class Picky(HashEmbedder):
        async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if "one" in texts:
                raise InputError("too long for me")
            return await super().embed(texts)

    working = backfiller(store, labeler(store), embedders=Embedders(HashEmbedder(), [Picky(OTHER)]))
    await work(working)
    run = await run_of(store, key)
    assert (run.state, run.failed) == ("switched", 1)


# a model that costs money


def hosted(store: SqliteStore, answer: Any = None, price: Decimal = PRICE) -> UnhurriedAnalyst:
    model = ScriptedAnalyst(
        answer or (lambda _: Analysis(cost=SPENT)), "model-1", price=price, prompt_version="1"
    )
    offline = ScriptedAnalyst(lambda _: Analysis(LabelChoice(reasons=("no words",))), "offline-1")
    return UnhurriedAnalyst(BudgetedAnalyst(model, offline, store, CLOCK, patience=0), CLOCK)


def asking(store: SqliteStore, analyst: UnhurriedAnalyst) -> Labeler:
    return Labeler(store, Embedders(HashEmbedder()), analyst, Reader(), CLOCK)


async def test_half_of_a_days_budget_is_left_to_rows_that_arrive(store: SqliteStore) -> None:
    await insert(store, *(f"text {number}" for number in range(2 * ROWS)))
    await labeler(store).drain()
    await store.set_daily_budget(HOME, Decimal(10))
    analyst = hosted(store, lambda _: Analysis(cost=Decimal("0.20")), Decimal("0.20"))
    key = await begin(store)
    working = backfiller(store, asking(store, analyst), analyst=analyst)
    # 8.00 a step of forty; the second would begin with that spent
    assert await work(working) == 1
    run = await run_of(store, key)
    assert (run.done, run.cost, run.state) == (ROWS, Decimal(8), "running")
    assert Decimal(10) * (1 - BUDGET_SHARE) <= Decimal(8)
    assert "the rest is for rows that arrive" in (run.last_error or "")
    assert run.run_at == CLOCK.now() + timedelta(seconds=until_next_day(CLOCK.now()))
    CLOCK.advance(until_next_day(CLOCK.now()))
    assert await work(working) == 1  # the others
    assert (await run_of(store, key)).done == 2 * ROWS


async def test_without_a_budget_it_waits(store: SqliteStore) -> None:
    await insert(store, "one")
    await labeler(store).drain()
    await store.set_daily_budget(HOME, None)
    analyst = hosted(store)
    key = await begin(store)
    assert await backfiller(store, asking(store, analyst), analyst=analyst).step() is None
    run = await run_of(store, key)
    assert run.last_error == (
        "model-1 costs money and no daily budget is set; set one: campaignbase workspace budget --set USD"
    )


@pytest.mark.parametrize(
    ("price", "told"), [(Decimal(6), "is left, which is too little"), (PRICE, "was not heard")]
)
async def test_rows_rather_wait_than_be_decided_offline(
    store: SqliteStore, price: Decimal, told: str
) -> None:
    [key_of_row] = await insert(store, "one")
    await labeler(store, analyst=await files_under(store, "offer")).drain()
    await store.set_daily_budget(HOME, Decimal(5))

    def down(_: AnalysisRequest) -> Analysis:
        raise ProviderError("down")

    analyst = hosted(store, down, price)
    key = await begin(store)
    await work(backfiller(store, asking(store, analyst), analyst=analyst))
    assert (await asset(store, key_of_row)).primary_category == "offer"  # as it was
    run = await run_of(store, key)
    assert (run.done, run.failed) == (0, 0)
    assert told in (run.last_error or "")
    assert await store.claim_jobs("w") == []
    CLOCK.advance(max(PROVIDER_SECONDS, until_next_day(CLOCK.now())))
    assert len(await store.claim_jobs("w")) == 1  # then it is labeled as any row
