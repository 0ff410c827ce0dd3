"""Embedders that cost money: what fits under the budget is embedded, the rest waits for another day."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.labeling import CLOCK, Reader, insert, store

from campaignbase.errors import InputError, OverBudgetError, ProviderError
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.models.budget import Spent
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.pipeline.paid import PaidAnswers
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FAKE_MODEL, FakeClock, HashEmbedder, ScriptedAnalyst

__all__ = ["store"]

PRICE = Decimal("0.01")  # of a text, at most
COST = Decimal("0.002")


class PaidFake(HashEmbedder):
    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.error = error

    def estimate(self, texts: Sequence[str]) -> Decimal:
        return PRICE * len(texts)

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        if self.error is not None:
            raise self.error
        return await self.embed(texts), COST * len(texts)


async def settled(store: SqliteStore) -> Decimal:
    return (await store.daily_budget(DEFAULT_WORKSPACE_ID, CLOCK.now().date())).settled


async def test_what_fits_is_embedded_and_labeled_the_rest_waits_until_tomorrow(store: SqliteStore) -> None:
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal("0.02"))
    embedder = PaidFake()
    await insert(store, "one", "two", "three")
    paid = PaidAnswers(store, CLOCK)
    labeler = Labeler(store, Embedders(embedder), ScriptedAnalyst(), Reader(), CLOCK, answers=paid)
    report = await labeler.drain()
    assert (report.review, report.failed) == (2, 1)
    assert sorted(embedder.texts) == ["one", "two"]
    (told,) = report.errors
    assert told == (
        "of the budget of 0.02 USD a day 0.02 USD is left, which is too little; the vector waits until"
        " tomorrow (UTC) or a larger budget; set one: campaignbase workspace budget --set USD"
    )
    assert await settled(store) == 2 * COST
    day = CLOCK.now().date()
    assert await store.spending(DEFAULT_WORKSPACE_ID, [day]) == [
        Spent(day, "embedding", FAKE_MODEL, 2, 2 * COST)
    ]
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    assert (await labeler.drain()).review == 1


@pytest.mark.parametrize(
    ("error", "cost"),
    [
        (ProviderError("late", cost=Decimal("0.003")), Decimal("0.003")),
        (InputError("such a text"), Decimal(0)),
        (RuntimeError("who knows"), PRICE),  # nobody does: all that was reserved
    ],
)
async def test_what_a_failure_costs_is_counted(store: SqliteStore, error: Exception, cost: Decimal) -> None:
    before = await settled(store)
    await store.set_daily_budget(DEFAULT_WORKSPACE_ID, Decimal(1))
    with pytest.raises(type(error)):
        await PaidAnswers(store, CLOCK).embed(PaidFake(error), [(DEFAULT_WORKSPACE_ID, "tea")])
    assert await settled(store) - before == cost


async def test_two_workspaces_share_one_call_and_its_bill(store: SqliteStore) -> None:
    other = (await store.create_workspace("other")).id
    texts = [(DEFAULT_WORKSPACE_ID, "tea"), (other, "milk"), (other, "bread")]
    answers = PaidAnswers(store, CLOCK)
    for home in (DEFAULT_WORKSPACE_ID, other):
        await store.set_daily_budget(home, None)
    with pytest.raises(OverBudgetError) as refused:
        await answers.embed(PaidFake(), texts)
    assert refused.value.fitting == {DEFAULT_WORKSPACE_ID: 0, other: 0}
    for home in (DEFAULT_WORKSPACE_ID, other):
        await store.set_daily_budget(home, Decimal(1))
    before = await settled(store)
    embedder = PaidFake()
    assert (await answers.embed(embedder, texts)).shape == (3, 1536)
    assert embedder.texts == ["tea", "milk", "bread"]
    assert await settled(store) - before == COST
    assert (await store.daily_budget(other, CLOCK.now().date())).settled == 2 * COST


async def test_what_costs_nothing_needs_no_budget(store: SqliteStore) -> None:
    vectors = await PaidAnswers(store, FakeClock()).embed(HashEmbedder(), [(DEFAULT_WORKSPACE_ID, "tea")])
    assert vectors.shape == (1, 1536)
