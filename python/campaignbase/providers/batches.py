"""Many questions at half the price, answered within a day: what a backfill asks with.

`submit` gives a ticket, which can be written down; `poll` says how far it is; `collect` gives an answer for
every question of the ticket, whatever came back for it. Answers are read by the same code as single ones.
Both providers answer in no order and lose single questions without the rest.
"""

import asyncio
import io
import json
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from campaignbase.core.answer import RefusedError
from campaignbase.core.prompt import Prompt
from campaignbase.errors import CampaignbaseError, InputError, NotFoundError, ProviderError
from campaignbase.models import Analysis, AnalysisRequest, Failure
from campaignbase.providers.anthropic import AnthropicAnalyst
from campaignbase.providers.hosted import HostedAnalyst
from campaignbase.providers.openai_analyst import OpenAIAnalyst
from campaignbase.providers.replies import MAX_BODY, OutOfMoneyError, TroubleError

MOST = 10_000  # questions of one batch; the providers take five times that
SUBMIT_SECONDS, POLL_SECONDS, COLLECT_SECONDS = 120.0, 30.0, 600.0
KEPT_SECONDS = 3 * 24 * 3600  # that OpenAI keeps the files; a batch is done after a day
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pending:
    """What is needed to read the answer to one question."""

    slots: Mapping[str, str]
    nonce: str
    at_most: Decimal  # US dollars


@dataclass(frozen=True, slots=True)
class Ticket:
    """A batch that was submitted; `pending` by the names its questions were given."""

    id: str
    model: str
    pending: Mapping[str, Pending]

    @property
    def at_most(self) -> Decimal:
        return sum((one.at_most for one in self.pending.values()), Decimal(0))

    def write(self) -> dict[str, Any]:
        """As JSON."""
        pending = {name: [dict(one.slots), one.nonce, str(one.at_most)] for name, one in self.pending.items()}
        return {"id": self.id, "model": self.model, "pending": pending}

    @staticmethod
    def read(written: Mapping[str, Any]) -> "Ticket":
        pending = {
            name: Pending(slots, nonce, Decimal(dollars))
            for name, (slots, nonce, dollars) in written["pending"].items()
        }
        return Ticket(written["id"], written["model"], pending)


@dataclass(frozen=True, slots=True)
class Progress:
    done: bool  # there is something to collect, if only that it failed
    answered: int
    failed: int
    waiting: int


class ModelBatches(ABC):
    """Of one analyst, whose key, model, prices and questions they share."""

    def __init__(self, analyst: HostedAnalyst) -> None:
        self.analyst = analyst

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:
        """US dollars that a batch of these costs at most."""
        asked = (self.analyst.prompt(request) for request in requests)
        return sum((self.analyst.at_most(prompt, batch=True) for prompt in asked), Decimal(0))

    async def submit(self, requests: Mapping[str, AnalysisRequest]) -> Ticket:
        """
        Args:
            requests: by names of at most 64 letters, digits, '-' and '_'; ids of rows will do.
        Raises:
            InputError: too many, none, or a name is none.
            ProviderError: nothing was submitted; with a `cost`, nobody knows.
        """
        if not 1 <= len(requests) <= MOST:
            raise InputError(f"a batch has 1 to {MOST:,} questions, got {len(requests):,}")
        wrong = next((name for name in requests if not _NAME.fullmatch(name)), None)
        if wrong is not None:
            raise InputError(
                f"{wrong!r} cannot name a question of a batch; expected 1 to 64 of A-Z a-z 0-9 - _"
            )
        prompts = {name: self.analyst.prompt(request) for name, request in requests.items()}
        pending = {
            name: Pending(prompt.slots, prompt.nonce, self.analyst.at_most(prompt, batch=True))
            for name, prompt in prompts.items()
        }
        bodies = {name: self.analyst.body(prompt) for name, prompt in prompts.items()}
        at_most = sum((one.at_most for one in pending.values()), Decimal(0))
        key = await self._call(lambda: self._submit(bodies), SUBMIT_SECONDS, at_most=at_most)
        return Ticket(key, self.analyst.name, pending)

    async def poll(self, ticket: Ticket) -> Progress:
        """
        Raises:
            ProviderError: it cannot be said now.
            NotFoundError: the provider knows no such batch, or not by this key.
        """
        return await self._call(lambda: self._poll(ticket.id), POLL_SECONDS, ticket)

    async def collect(self, ticket: Ticket) -> dict[str, Analysis]:
        """An answer for every question of a batch that is done, in the order of the ticket.

        Raises:
            ProviderError: not now; nothing is lost.
            NotFoundError: as `poll`.
        """
        found: dict[str, Analysis] = {}

        async def read() -> None:
            async for line in self._results(ticket.id):
                name = line.get("custom_id") if isinstance(line, dict) else None
                if isinstance(name, str) and name in ticket.pending and name not in found:
                    found[name] = self._judged(line, ticket.pending[name])

        await self._call(read, COLLECT_SECONDS, ticket)
        lost = Analysis(failure=Failure(f"{self.analyst.vendor} has no answer to this one in the batch"))
        return {name: found.get(name, lost) for name in ticket.pending}

    async def cancel(self, ticket: Ticket) -> None:
        """What is answered by then can be collected."""
        await self._call(lambda: self._cancel(ticket.id), POLL_SECONDS, ticket)

    @abstractmethod
    async def _submit(self, bodies: Mapping[str, dict[str, Any]]) -> str: ...

    @abstractmethod
    async def _poll(self, key: str) -> Progress: ...

    @abstractmethod
    def _results(self, key: str) -> AsyncIterator[Any]:
        """The lines of its result, parsed."""

    @abstractmethod
    async def _cancel(self, key: str) -> None: ...

    @abstractmethod
    def _judged(self, line: dict[str, Any], pending: Pending) -> Analysis: ...

    def _answered(self, body: dict[str, Any], pending: Pending) -> Analysis:
        prompt = Prompt("", pending.slots, pending.nonce)
        reply = self.analyst.reply(body)
        return self.analyst.judge(prompt, reply, pending.at_most, batch=True)

    def _failed(self, status: int | None, said: object) -> Analysis:
        """Of one question; none of these is billed."""
        error = self.analyst.status(
            status or 500, str(said or "no reason given"), (), {}, money=status == 402
        )
        if isinstance(error, RefusedError):
            return self.analyst.refused(error, None)
        permanent = not isinstance(error, TroubleError)
        return Analysis(failure=Failure(f"in a batch: {error}", permanent=permanent))

    async def _call(
        self,
        call: Callable[[], Awaitable[_T]],
        seconds: float,
        ticket: Ticket | None = None,
        at_most: Decimal = Decimal(0),
    ) -> _T:
        """
        Args:
            ticket: None: there is none yet.
            at_most: what it costs where nobody knows whether it arrived.
        """
        self.analyst.open()
        import httpx2

        try:
            async with asyncio.timeout(seconds):
                return await call()
        except (self._error(), httpx2.HTTPError, TimeoutError) as error:
            meant = self.analyst.meant(error)
            is_missing = getattr(error, "status_code", None) == 404
        if is_missing and ticket is not None:
            raise NotFoundError(f"{self.analyst.provider} knows no batch {ticket.id!r}")
        if is_missing:
            raise ProviderError(f"{meant}; if it takes no batches, begin the run without --batches")
        if isinstance(meant, TimeoutError):
            told = f"{self.analyst.provider} did not answer within {seconds:.3g} s"
            raise ProviderError(told, cost=at_most)
        if isinstance(meant, TroubleError):
            cost = at_most if meant.billed else Decimal(0)
            raise ProviderError(str(meant), retry_after=meant.after, cost=cost)
        if isinstance(meant, OutOfMoneyError | RefusedError):
            raise ProviderError(str(meant), retryable=False)
        raise meant if isinstance(meant, CampaignbaseError) else ProviderError(str(meant))

    @abstractmethod
    def _error(self) -> type[Exception]:
        """Of the SDK."""


async def lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[Any]:
    """JSON a line; what is none, or too long to be an answer, is left out."""
    kept = bytearray()
    async for chunk in chunks:
        kept += chunk
        *whole, rest = bytes(kept).split(b"\n")
        kept = bytearray(rest)
        for line in whole:
            if (found := _parsed(line)) is not None:
                yield found
        if len(kept) > MAX_BODY * 4:  # a line that does not end: its beginning is what makes it no JSON
            kept = bytearray(b"!")
    if (found := _parsed(bytes(kept))) is not None:
        yield found


def _parsed(line: bytes) -> Any:
    if not line.strip() or len(line) > MAX_BODY:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _inside(given: dict[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def _number(given: Any) -> int | None:
    return given if isinstance(given, int) and not isinstance(given, bool) else None


class AnthropicBatches(ModelBatches):
    analyst: AnthropicAnalyst

    async def _submit(self, bodies: Mapping[str, dict[str, Any]]) -> str:
        requests: Any = [{"custom_id": name, "params": body} for name, body in bodies.items()]
        return (await self.analyst.open().messages.batches.create(requests=requests)).id

    async def _poll(self, key: str) -> Progress:
        batch = await self.analyst.open().messages.batches.retrieve(key)
        counts = batch.request_counts
        failed = counts.errored + counts.canceled + counts.expired
        done = batch.processing_status == "ended"
        return Progress(done, counts.succeeded, failed, counts.processing)

    async def _results(self, key: str) -> AsyncIterator[Any]:
        batches = self.analyst.open().messages.batches
        async with batches.with_streaming_response.results(key) as response:
            async for line in lines(response.iter_bytes()):
                yield line

    async def _cancel(self, key: str) -> None:
        await self.analyst.open().messages.batches.cancel(key)

    def _judged(self, line: dict[str, Any], pending: Pending) -> Analysis:
        result = _inside(line, "result")
        kind = result.get("type")
        if kind == "succeeded":
            return self._answered(_inside(result, "message"), pending)
        if kind != "errored":
            return self._failed(None, kind)
        said = _inside(_inside(result, "error"), "error")
        known = {"invalid_request_error": 400, "billing_error": 402, "not_found_error": 404}
        return self._failed(known.get(str(said.get("type"))), said.get("message"))

    def _error(self) -> type[Exception]:
        import anthropic

        return anthropic.AnthropicError


class OpenAIBatches(ModelBatches):
    analyst: OpenAIAnalyst

    async def _submit(self, bodies: Mapping[str, dict[str, Any]]) -> str:
        client = self.analyst.open()
        rows = (
            {"custom_id": name, "method": "POST", "url": "/v1/responses", "body": body}
            for name, body in bodies.items()
        )
        written = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
        file = await client.files.create(
            file=("questions.jsonl", io.BytesIO(written)),
            purpose="batch",
            expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
        )
        batch = await client.batches.create(
            input_file_id=file.id,
            endpoint="/v1/responses",
            completion_window="24h",
            output_expires_after={"anchor": "created_at", "seconds": KEPT_SECONDS},
        )
        return batch.id

    async def _poll(self, key: str) -> Progress:
        batch = await self.analyst.open().batches.retrieve(key)
        counts = batch.request_counts
        done = batch.status in ("completed", "failed", "expired", "cancelled")
        if counts is None:
            return Progress(done, 0, 0, 0)
        waiting = counts.total - counts.completed - counts.failed
        return Progress(done, counts.completed, counts.failed, waiting)

    async def _results(self, key: str) -> AsyncIterator[Any]:
        client = self.analyst.open()
        batch = await client.batches.retrieve(key)
        for file in (batch.output_file_id, batch.error_file_id):
            if file is not None:
                async with client.files.with_streaming_response.content(file) as response:
                    async for line in lines(response.iter_bytes()):
                        yield line

    async def _cancel(self, key: str) -> None:
        await self.analyst.open().batches.cancel(key)

    def _judged(self, line: dict[str, Any], pending: Pending) -> Analysis:
        response = _inside(line, "response")
        status, body = _number(response.get("status_code")), _inside(response, "body")
        if status == 200 and line.get("error") is None:
            return self._answered(body, pending)
        said = _inside(line, "error") or _inside(body, "error")
        return self._failed(status, said.get("message") or said.get("code"))

    def _error(self) -> type[Exception]:
        import openai

        return openai.OpenAIError
