"""Vectors by a provider that costs money, is down, or refuses everything: those in use stay in use."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.labeling import CLOCK, asset, insert, labeler
from tests.unit.pipeline.test_backfill import HOME, OTHER, PRICE, SPENT, backfiller, begin, run_of, work

from campaignbase.core.money import until_next_day
from campaignbase.errors import InputError, ProviderError
from campaignbase.models.backfills import NewBackfill
from campaignbase.pipeline.backfill import AGAIN_SECONDS, Backfiller
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.paid import PaidAnswers
from campaignbase.pipeline.unhurried import PROVIDER_SECONDS
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import HashEmbedder


class Till(HashEmbedder):
    """Costs money; what it is told to raise comes first, one a call."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__(OTHER)
        self.errors = list(errors)

    def estimate(self, texts: Sequence[str]) -> Decimal:
        return PRICE * len(texts)

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        if self.errors:
            raise self.errors.pop(0)
        return await self.embed(texts), SPENT


async def vectors_at_the_till(store: SqliteStore, till: Till, budget: str = "1000") -> tuple[str, Backfiller]:
    await store.set_daily_budget(HOME, Decimal(budget))
    key = await begin(store, NewBackfill("vectors", embedding_model=OTHER))
    embedders = Embedders(HashEmbedder(), [till])
    answers = PaidAnswers(store, CLOCK)
    return key, backfiller(store, labeler(store), embedders=embedders, answers=answers)


@pytest.mark.parametrize("retryable", [True, False])
async def test_a_provider_without_an_answer_ends_in_no_switch(store: SqliteStore, retryable: bool) -> None:
    """Nor in a library of few rows, nor when it wants money: all would be left without vectors."""
    [row] = await insert(store, "one")
    await labeler(store).drain()
    till = Till(*[ProviderError("no", retryable=retryable)] * 9)
    key, working = await vectors_at_the_till(store, till)
    for _ in range(9):
        assert await working.step() is not None
        CLOCK.advance(PROVIDER_SECONDS + 1)
    run = await run_of(store, key)
    assert (run.state, run.done, run.failed, run.cost, run.last_error) == ("running", 0, 0, 0, "no")
    till.errors.clear()
    assert await work(working) > 0
    run = await run_of(store, key)
    assert (run.state, run.cost) == ("switched", SPENT * 3)  # categories, tags, content
    assert (await asset(store, row)).embedding_model == OTHER


async def test_vectors_that_are_refused_one_and_all_are_not_used(store: SqliteStore) -> None:
    [row, *_] = await insert(store, *(f"text {number}" for number in range(11)))
    await labeler(store).drain()

    class Closed(HashEmbedder):
        async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            raise InputError("no such model")

    key = await begin(store, NewBackfill("vectors", embedding_model=OTHER))
    await work(backfiller(store, labeler(store), embedders=Embedders(HashEmbedder(), [Closed(OTHER)])))
    run = await run_of(store, key)
    assert (run.state, "which refused their texts" in (run.last_error or "")) == ("running", True)
    assert run.run_at == CLOCK.now() + timedelta(seconds=AGAIN_SECONDS)  # and not at once for ever
    assert (await asset(store, row)).embedding_model != OTHER


async def test_vectors_too_leave_half_of_a_days_budget(store: SqliteStore) -> None:
    await insert(store, "one")
    await labeler(store).drain()
    key, working = await vectors_at_the_till(store, Till())
    await store.set_daily_budget(HOME, SPENT)
    assert await work(working) == 0 or (await run_of(store, key)).done == 0
    await store.set_daily_budget(HOME, None)
    CLOCK.advance(until_next_day(CLOCK.now()))
    assert await work(working) == 0
    assert "other-model costs money and no daily budget is set" in (await run_of(store, key)).last_error
