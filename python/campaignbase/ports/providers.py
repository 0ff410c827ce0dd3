"""Who makes vectors of texts, and who says what they are."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from campaignbase.models import Analysis, AnalysisRequest


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """Written beside every vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), 1536), order kept, each row of unit length; all zeros where nothing could be read.

        Raises:
            ProviderError: `.retryable` says whether to try again, `.retry_after` when.
            InputError: one of the texts is refused, for good.
        """
        ...

    async def close(self) -> None: ...


@runtime_checkable
class PromptedEmbedder(Embedder, Protocol):
    """One trained on sentences, to which a label's bare name is none."""

    @property
    def label_prompts(self) -> tuple[str, ...]:
        """What the text of a label begins with, one after the other; its vector is their mean."""
        ...


@runtime_checkable
class PaidEmbedder(Embedder, Protocol):
    """One whose texts cost money."""

    def estimate(self, texts: Sequence[str]) -> Decimal:
        """US dollars that these cost at most."""
        ...

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        """As `embed`, and what it cost in US dollars; `.cost` of a ProviderError is what nothing came of."""
        ...


class Analyst(Protocol):
    @property
    def name(self) -> str:
        """Written beside every decision, with a version."""
        ...

    @property
    def prompt_version(self) -> str | None:
        """What it asks with; None: it asks nobody."""
        ...

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        """US dollars that `analyze` of these costs at most; 0 when it costs nothing."""
        ...

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        """One answer a request, order kept. It names ids of the request's vocabulary only, or abstains.

        Where one request fails and another does not, its `failure` says so.

        Raises:
            ProviderError: no request has an answer. `.retryable` says whether to try again, `.retry_after`
                when, `.cost` what it cost all the same.
        """
        ...

    async def close(self) -> None: ...


class Batches(Protocol):
    """An analyst that is asked much at once, at half the price, and answers within a day.

    Raises everywhere: ProviderError: not now; NotConfiguredError: the key is refused; NotFoundError: nobody
    there knows that batch.
    """

    @property
    def name(self) -> str:
        """Of the analyst."""
        ...

    @property
    def prompt_version(self) -> str | None: ...

    def estimate(self, request: AnalysisRequest) -> Decimal:
        """US dollars that its answer costs at most."""
        ...

    async def submit(self, requests: Mapping[str, AnalysisRequest]) -> Mapping[str, Any]:
        """A ticket, as JSON. A ProviderError with a `cost`: nobody knows whether it arrived."""
        ...

    async def is_done(self, ticket: Mapping[str, Any]) -> bool: ...

    async def collect(self, ticket: Mapping[str, Any]) -> dict[str, Analysis]:
        """An answer for every question of a batch that is done."""
        ...

    async def cancel(self, ticket: Mapping[str, Any]) -> None:
        """What is answered by then can be collected."""
        ...
