"""Batches whose tickets are written down between the calls, maybe by another process."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from campaignbase.models import Analysis, AnalysisRequest, Usage
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.providers.batches import AnthropicBatches, ModelBatches, OpenAIBatches, Ticket
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.providers.openai_analyst import OpenAIAnalyst


class WrittenBatches:
    """Implements ports.Batches."""

    def __init__(self, batches: ModelBatches) -> None:
        self._batches = batches

    @property
    def name(self) -> str:
        return self._batches.analyst.name

    @property
    def prompt_version(self) -> str | None:
        return self._batches.analyst.prompt_version

    def estimate(self, request: AnalysisRequest) -> Decimal:
        return self._batches.estimate([request])

    async def submit(self, requests: Mapping[str, AnalysisRequest]) -> Mapping[str, Any]:
        return (await self._batches.submit(requests)).write()

    async def is_done(self, ticket: Mapping[str, Any]) -> bool:
        return (await self._batches.poll(Ticket.read(ticket))).done

    async def collect(self, ticket: Mapping[str, Any]) -> dict[str, Analysis]:
        return await self._batches.collect(Ticket.read(ticket))

    async def cancel(self, ticket: Mapping[str, Any]) -> None:
        await self._batches.cancel(Ticket.read(ticket))


def batches_of(analyst: HostedAnalyst) -> WrittenBatches | None:
    """None: its provider has none that we know."""
    if isinstance(analyst, AnthropicAnalyst):
        return WrittenBatches(AnthropicBatches(analyst))
    if isinstance(analyst, OpenAIAnalyst):
        return WrittenBatches(OpenAIBatches(analyst))
    return None


class QuestionPrices:
    """What questions to a hosted analyst take, before they are asked."""

    BYTES_A_TOKEN = 4  # of English, about
    ANSWERED = 0.5  # of the most an answer may have

    def __init__(self, analyst: HostedAnalyst, *, batch: bool) -> None:
        self._analyst = analyst
        self._batch = batch

    def of(self, request: AnalysisRequest) -> tuple[int, Decimal, Decimal]:
        """(tokens, US dollars; both about; US dollars at most)"""
        prompt = self._analyst.prompt(request)
        asked = len(prompt.text.encode()) // self.BYTES_A_TOKEN
        said = round(self._analyst.output_tokens * self.ANSWERED)
        about = self._analyst.price.cost(Usage(input=asked, output=said), batch=self._batch)
        return asked + said, about, self._analyst.at_most(prompt, batch=self._batch)
