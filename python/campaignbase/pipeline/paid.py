"""Embedders that cost money, asked as far as the budgets of the texts' workspaces go."""

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.money import not_granted, shares, until_next_day
from campaignbase.errors import InputError, NotConfiguredError, OverBudgetError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest
from campaignbase.models.budget import Grant, Wish
from campaignbase.pipeline.bill import settled
from campaignbase.ports import Analyst, Budget, Clock, Embedder, PaidEmbedder

KIND = "embedding"


class PaidAnswers:
    """`campaignbase.ports.cache.Answers` without a cache; an analyst sees to its money itself."""

    def __init__(self, budget: Budget, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock

    async def embed(self, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return (await self.embed_paid(embedder, texts))[0]

    async def embed_paid(
        self, embedder: Embedder, texts: Sequence[tuple[str, str]]
    ) -> tuple[NDArray[np.float32], Decimal]:
        """
        Raises:
            OverBudgetError: some of the texts do not fit under the budget; nothing was asked.
        """
        words = [text for _, text in texts]
        if not texts or not isinstance(embedder, PaidEmbedder):
            return await embedder.embed(words), Decimal(0)
        amounts: dict[str, list[Decimal]] = {}
        for home, text in texts:
            amounts.setdefault(home, []).append(embedder.estimate([text]))
        wishes = [Wish(home, KIND, embedder.model, tuple(prices)) for home, prices in amounts.items()]
        grants = await self._budget.reserve_spend(wishes)
        async with settled(self._budget, grants) as bill:

            def charge(total: Decimal, requests: int | None = None) -> None:
                parts = shares(total, [sum(wish.amounts, Decimal(0)) for wish in wishes])
                for grant, part in zip(grants, parts, strict=True):
                    bill.cost(grant, part, requests)

            short = {
                wish.workspace_id: grant
                for wish, grant in zip(wishes, grants, strict=True)
                if grant.granted < len(wish.amounts)
            }
            if short:
                charge(Decimal(0), 0)
                raise self._over(embedder, short)
            try:
                vectors, cost = await embedder.embed_paid(words)
            except ProviderError as error:
                charge(error.cost)
                raise
            except (InputError, NotConfiguredError):
                charge(Decimal(0), 0)
                raise
            charge(cost)
            return vectors, cost

    async def analyze(self, analyst: Analyst, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        return await analyst.analyze(requests)

    def _over(self, embedder: Embedder, short: dict[str, Grant]) -> OverBudgetError:
        first = next(iter(short.values()))
        return OverBudgetError(
            f"{not_granted(embedder.model, first.daily_budget, first.available)}; the vector waits until"
            " tomorrow (UTC) or a larger budget;"
            " set one: campaignbase workspace budget --set USD",
            fitting={home: grant.granted for home, grant in short.items()},
            retry_after=until_next_day(self._clock.now()),
        )
