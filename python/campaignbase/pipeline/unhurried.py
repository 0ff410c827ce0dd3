"""Who is asked about rows that are there already: they rather wait than get something lesser."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.money import until_next_day
from campaignbase.errors import ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Failure
from campaignbase.ports import Analyst, Clock, PaidEmbedder

PROVIDER_SECONDS = 600.0  # until a provider that was down, or has not passed the gate, is asked again


class UnhurriedAnalyst:
    """Implements ports.Analyst; an answer that the offline analyst gave for a model becomes a wait."""

    def __init__(self, inner: Analyst, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock
        self._wait: tuple[float, str] | None = None

    @property
    def name(self) -> str:
        return self._inner.name

    @property
    def prompt_version(self) -> str | None:
        return self._inner.prompt_version

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        return self._inner.estimate(requests)

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        return [self._waiting(answer) for answer in await self._inner.analyze(requests)]

    async def close(self) -> None:
        await self._inner.close()

    def take_wait(self) -> tuple[float, str] | None:
        """(seconds, why) of the answers since it was asked last; None: all were given."""
        wait, self._wait = self._wait, None
        return wait

    def _waiting(self, answer: Analysis) -> Analysis:
        if answer.fallback is None:
            return answer
        seconds = until_next_day(self._clock.now()) if answer.fallback == "budget" else PROVIDER_SECONDS
        why = (answer.category.reasons or ("no answer",))[0].removesuffix("; decided offline")
        self._wait = (seconds, why)
        return replace(Analysis(failure=Failure(why, retry_after=seconds)), cost=answer.cost)


class UnhurriedEmbedder:
    """Implements ports.PaidEmbedder; a provider that wants money is asked again, as one that is down."""

    def __init__(self, inner: PaidEmbedder) -> None:
        self._inner = inner
        self.spent = Decimal(0)

    @property
    def model(self) -> str:
        return self._inner.model

    def estimate(self, texts: Sequence[str]) -> Decimal:
        return self._inner.estimate(texts)

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return (await self.embed_paid(texts))[0]

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        try:
            vectors, cost = await self._inner.embed_paid(texts)
        except ProviderError as error:
            self.spent += error.cost
            if error.retryable:
                raise
            raise ProviderError(str(error), retry_after=PROVIDER_SECONDS, cost=error.cost) from error
        self.spent += cost
        return vectors, cost

    async def close(self) -> None:
        """It is its owner's to close."""
