"""Which analyses are kept, and what of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.cache.world import World, no_chance, world

from campaignbase.cache.answers import CachedAnswers
from campaignbase.models import (
    Analysis,
    AnalysisRequest,
    Failure,
    ItemContext,
    LabelChoice,
    Neighbor,
    TagChoice,
    Usage,
    Vocabulary,
)
from campaignbase.ports import Embedder
from campaignbase.testing import HashEmbedder, ScriptedAnalyst

__all__ = ["no_chance", "world"]

ITEM = ItemContext("a", "w", {}, frozenset(), frozenset(), (), (), (), (), ())
REQUEST = AnalysisRequest("Spring sale", ITEM, Vocabulary(1, (), (), ()))
SALE = Neighbor("b", "c", 0.5, equal=False, text="Sale")
ANSWER = Analysis(
    category=LabelChoice("model", 0.9, ("says sale",), "c-offer"),
    tags=(TagChoice("t-sale", "model", 0.9, "says sale"),),
    cost=Decimal("0.000120"),
    usage=Usage(input=100, output=20),
    prompt_version="1",
)


async def test_a_known_answer_costs_nothing_the_second_time(world: World) -> None:
    answers, analyst = CachedAnswers(world.process()), ScriptedAnalyst(lambda _: ANSWER)

    first, second = [(await answers.analyze(analyst, [REQUEST]))[0] for _ in range(2)]

    assert len(analyst.requests) == 1
    assert first == ANSWER
    assert second == replace(ANSWER, cost=None, usage=None)


@pytest.mark.parametrize(
    "answer",
    [
        Analysis(failure=Failure("busy", retry_after=30)),  # there is none
        Analysis(refused="wrong_slot", cost=Decimal("0.1")),  # the next one may be better
        replace(ANSWER, model="campaignbase-offline-1"),  # another one's
    ],
)
async def test_what_the_next_try_may_answer_better_is_not_kept(world: World, answer: Analysis) -> None:
    answers, analyst = CachedAnswers(world.process()), ScriptedAnalyst(lambda _: answer)

    for number in (1, 2):
        assert await answers.analyze(analyst, [REQUEST]) == [answer]
        assert len(analyst.requests) == number


async def test_who_waited_for_an_answer_that_is_not_kept_asks(world: World) -> None:
    class Slow(ScriptedAnalyst):
        async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
            await asyncio.sleep(0.01)
            return await super().analyze(requests)

    answers, refused = CachedAnswers(world.process()), Analysis(refused="empty")
    analyst = Slow(lambda _: refused)

    found = await asyncio.gather(*(answers.analyze(analyst, [REQUEST]) for _ in range(2)))

    assert found == [[refused], [refused]]


@pytest.mark.parametrize(
    ("analyst", "request_"),
    [
        (ScriptedAnalyst(lambda _: ANSWER, prompt_version="2"), REQUEST),
        (ScriptedAnalyst(lambda _: ANSWER), replace(REQUEST, item=replace(REQUEST.item, neighbors=(SALE,)))),
    ],
)
async def test_another_prompt_is_another_question(
    world: World, analyst: ScriptedAnalyst, request_: AnalysisRequest
) -> None:
    answers = CachedAnswers(world.process())
    await answers.analyze(ScriptedAnalyst(lambda _: ANSWER), [REQUEST])

    await answers.analyze(analyst, [request_])

    assert len(analyst.requests) == 1


class PaidFake(HashEmbedder):
    def estimate(self, texts: Sequence[str]) -> Decimal:
        return Decimal(len(texts))

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        return await self.embed(texts), Decimal("0.08")


class Purse:
    """Asks whoever is to be paid."""

    async def embed_paid(
        self, embedder: Embedder, texts: Sequence[tuple[str, str]]
    ) -> tuple[NDArray[np.float32], Decimal]:
        assert isinstance(embedder, PaidFake)
        return await embedder.embed_paid([text for _, text in texts])


@pytest.mark.parametrize("asking", [None, Purse()])
async def test_a_vector_that_is_known_saves_what_it_cost(world: World, asking: Purse | None) -> None:
    embedder, cache = PaidFake(), world.process()
    answers = CachedAnswers(cache, asking=asking)
    await answers.embed(embedder, [("w", "short"), ("w", "three times as long")])  # 5 and 19 characters

    assert (await answers.embed(embedder, [("w", "three times as long")])).any()

    [memory] = [one for one in cache.counters.all() if one.tier == "memory"]
    assert memory.saved_cost == pytest.approx(0.08 * 19 / 24)
    assert len(embedder.texts) == 2
