"""Providers without a cache: whatever is asked, they are asked."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from campaignbase.models import Analysis, AnalysisRequest
from campaignbase.ports import Analyst, Embedder


class DirectAnswers:
    """`campaignbase.ports.cache.Answers`."""

    async def embed(self, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return await embedder.embed([text for _, text in texts])

    async def analyze(self, analyst: Analyst, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        return await analyst.analyze(requests)
