"""Vectors by OpenAI's text-embedding-3-small, or by any endpoint that speaks the same format and serves it.

The official client sends; when to try again, and for how long, is decided here: an answer that comes after
the lease of its jobs helps nobody. What comes back is checked before anything is written.
"""

import asyncio
import base64
import binascii
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.text import is_blank
from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, ProviderError
from campaignbase.models import DIMENSIONS
from campaignbase.ports import Clock
from campaignbase.providers.openai_limits import calls, mean, pieces
from campaignbase.providers.replies import tokens as read_tokens
from campaignbase.providers.retry_after import retry_after

if TYPE_CHECKING:
    import openai

MODEL = "text-embedding-3-small"
PRICE = Decimal("0.02")  # US dollars per million tokens; developers.openai.com/api/docs/pricing
CALL_SECONDS = 30.0  # for one answer
MAX_CALLS = 4  # one and its repetitions
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0  # seconds between them, doubled each time, full jitter
LATER = 30.0  # seconds, up to twice that, until a job comes back that OpenAI was too busy for
LONGEST_QUIET = 300.0  # seconds without a question to a provider that asked for that or more
UNIT_TOLERANCE = 1e-3  # of a vector's length
OUT_OF_MONEY = frozenset(  # of errors with status 429 and others
    {
        "billing_not_active",
        "insufficient_quota",
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)


@dataclass(frozen=True, slots=True)
class Usage:
    calls: int = 0  # answered or not
    tokens: int = 0  # as OpenAI counted them


@dataclass(slots=True)
class _Spent:
    """By one `embed_paid`."""

    tokens: int = 0


def price(tokens: int) -> Decimal:
    return (PRICE * tokens / 1_000_000).quantize(Decimal("0.000001"), ROUND_CEILING)


class _Trouble(Exception):  # noqa: N818 turned into one of our errors when it lasts
    """What may be gone the next time. `busy`: nobody's text is at fault, so a job waits without a failure."""

    def __init__(
        self, message: str, *, busy: bool = False, after: float | None = None, billed: bool = False
    ) -> None:
        super().__init__(message)
        self.billed = billed  # it may have been answered, for money
        self.busy = busy
        self.after = after  # seconds the provider asked for


class OpenAIEmbedder:
    """Implements ports.Embedder."""

    model = MODEL
    dim = DIMENSIONS

    def __init__(
        self, api_key: str, base_url: str | None = None, *, clock: Clock, deadline: float = 60.0
    ) -> None:
        """`deadline`: seconds after which `embed` has answered or raised, all its calls together."""
        self._key = api_key
        self._base_url = base_url
        self._clock = clock
        self._deadline = deadline
        self._client: openai.AsyncOpenAI | None = None
        self._quiet_until = 0.0  # by the clock: before, whoever asks is told to come back then
        self._said = ""  # by the call that began it
        self._is_down = False  # nothing was answered since a call failed
        self.usage = Usage()

    def estimate(self, texts: Sequence[str]) -> Decimal:
        """A token is a byte at least; what is never answered may be billed each time it is asked."""
        return price(MAX_CALLS * sum(len(text.encode("utf-8", "replace")) for text in texts))

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors, _ = await self.embed_paid(texts)
        return vectors

    async def embed_paid(self, texts: Sequence[str]) -> tuple[NDArray[np.float32], Decimal]:
        """(len(texts), 1536), order kept, unit length; zeros where a text is blank.

        A text longer than the model reads is cut into pieces whose mean it gets; nothing is left out.

        Raises:
            ProviderError: busy, broken or out of money; `.retryable` and `.retry_after` say what helps.
            InputError: a text of these is refused.
            NotConfiguredError: the key or the model is refused, or the package openai is missing.
        """
        until = self._clock.monotonic() + self._deadline
        parts = [[] if is_blank(text) else pieces(text) for text in texts]
        found: list[NDArray[np.float32]] = []
        spent = _Spent()
        try:
            for call in calls([piece for part in parts for piece in part]):
                found.extend(await self._call(call, until, spent))
        except ProviderError as error:
            error.cost = price(spent.tokens)
            raise
        rows = iter(found)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, part in zip(vectors, parts, strict=True):
            if part:
                row[:] = mean(part, [next(rows) for _ in part])
        return vectors, price(spent.tokens)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _call(self, texts: list[str], until: float, spent: _Spent) -> NDArray[np.float32]:
        """Asked again while that may help and there is time."""
        quiet = self._quiet_until - self._clock.monotonic()
        if quiet > 0:
            message = f"{self._name} is left alone, {quiet:.0f} s more; it said: {self._said}"
            raise ProviderError(message, retry_after=quiet)
        for number in range(1, MAX_CALLS + 1):
            left = until - self._clock.monotonic()
            if left <= 0:
                raise ProviderError(f"{self._name} did not answer within {self._deadline:.0f} s")
            try:
                vectors = await self._ask(texts, min(left, CALL_SECONDS), spent)
                self._is_down = False
                return vectors
            except _Trouble as trouble:
                if trouble.billed:  # and nobody says how much
                    spent.tokens += _most_tokens(texts)
                pause = trouble.after or random.uniform(
                    0, min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (number - 1))
                )
                left = until - self._clock.monotonic()
                if number == MAX_CALLS or pause >= left:
                    # the first time a text may be at fault; while nobody is answered, none is; what is billed
                    # each time is given up in the end
                    busy = trouble.busy or (self._is_down and not trouble.billed)
                    self._is_down = True
                    later = trouble.after or (random.uniform(LATER, 2 * LATER) if busy else None)
                    if later is not None:
                        self._quiet_until = self._clock.monotonic() + min(later, LONGEST_QUIET)
                        self._said = str(trouble)
                    raise ProviderError(str(trouble), retry_after=later) from None
                await self._clock.sleep(pause)
        raise AssertionError("the last call returns or raises")

    async def _ask(self, texts: list[str], seconds: float, spent: _Spent) -> NDArray[np.float32]:
        client = self._open()
        import httpx2
        import openai

        self.usage = Usage(self.usage.calls + 1, self.usage.tokens)
        try:
            async with asyncio.timeout(seconds):
                answer = await client.embeddings.with_raw_response.create(
                    model=self.model, input=texts, encoding_format="base64", timeout=seconds
                )
        except (TimeoutError, openai.APITimeoutError):
            raise _Trouble(f"{self._name} did not answer within {seconds:.0f} s", billed=True) from None
        except openai.APIConnectionError as error:
            reason = error.__cause__ or error
            never_began = isinstance(reason, httpx2.ConnectError)
            message = f"{self._name} {'cannot be reached' if never_began else 'broke off'}: {reason}"
            raise _Trouble(message, busy=True, billed=not never_began) from None
        except openai.APIStatusError as error:
            raise self._refusal(error) from None
        vectors, told = _checked(answer.content, len(texts), self._name)
        tokens = _most_tokens(texts) if told is None else told
        self.usage = Usage(self.usage.calls, self.usage.tokens + tokens)
        spent.tokens += tokens
        return vectors

    def _refusal(self, error: "openai.APIStatusError") -> CampaignbaseError | _Trouble:
        status = error.status_code
        body = error.body if isinstance(error.body, dict) else {}
        said = str(body.get("message") or error.response.reason_phrase).replace(self._key, "***")
        codes = [str(word) for word in (error.code, error.type) if word]
        code = next(iter(codes), "")
        message = f"{self._name} refuses: {status} {code and f'{code}: '}{said}"
        if status == 402 or not OUT_OF_MONEY.isdisjoint(codes):
            hint = "top up or raise the limit, then: campaignbase worker --replay"
            return ProviderError(f"{message}; {hint}", retryable=False)
        # a 403 without a code is somebody's on the way, maybe about one text
        if status in (408, 409, 429) or status >= 500 or (status == 403 and not codes):
            after = retry_after(error.response.headers, self._clock.now())
            return _Trouble(message, busy=status == 429 or status > 500, after=after)
        if status in (400, 413, 422):
            return InputError(message)
        what = {401: "set a valid OPENAI_API_KEY", 404: f"OPENAI_BASE_URL must serve {self.model}"}
        return NotConfiguredError(
            f"{message}; {what.get(status, 'check OPENAI_API_KEY and OPENAI_BASE_URL')}"
        )

    @property
    def _name(self) -> str:
        return f"OpenAI at {self._base_url}" if self._base_url else "OpenAI"

    def _open(self) -> "openai.AsyncOpenAI":
        if self._client is None:
            try:
                from openai import AsyncOpenAI
            except ImportError:
                raise NotConfiguredError(
                    f"embedding with {self.model!r} needs the package openai; run: pip install"
                    " 'campaignbase[supabase]', or unset OPENAI_API_KEY to embed new workspaces without it"
                ) from None
            self._client = AsyncOpenAI(api_key=self._key, base_url=self._base_url, max_retries=0)
        return self._client


def _most_tokens(texts: Sequence[str]) -> int:
    """A token is a byte at least."""
    return sum(len(text.encode()) for text in texts)


def _checked(content: bytes, count: int, name: str) -> tuple[NDArray[np.float32], int | None]:
    """(a vector a text in the order asked, tokens or None); _Trouble names what is not as agreed."""
    try:
        answer = json.loads(content)
        places = [item["index"] for item in answer["data"]]
        items = {item["index"]: _numbers(item["embedding"]) for item in answer["data"]}
        used = answer.get("usage")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise _Trouble(f"{name} answered what is no list of vectors: {error!r:.200}", billed=True) from None
    if any(type(place) is not int for place in places):
        raise _Trouble(f"{name} answered vectors whose index is no whole number", billed=True)
    if sorted(places) != list(range(count)):
        raise _Trouble(
            f"{name} answered {len(places)} vectors, of {len(items)} of {count} texts", billed=True
        )
    for row in items.values():
        if len(row) != DIMENSIONS:
            raise _Trouble(
                f"{name} answered vectors of {len(row)} numbers, expected {DIMENSIONS}", billed=True
            )
    vectors = np.stack([items[index] for index in range(count)])
    if not np.isfinite(vectors).all():
        raise _Trouble(f"{name} answered a vector with a number that is not finite", billed=True)
    lengths = np.linalg.norm(vectors, axis=1)
    worst = float(lengths[np.argmax(np.abs(lengths - 1))])
    if abs(worst - 1) > UNIT_TOLERANCE:
        raise _Trouble(f"{name} answered a vector of length {worst:.4g}, expected unit length", billed=True)
    try:
        return vectors, read_tokens(used["total_tokens"])
    except (ValueError, KeyError, TypeError):
        return vectors, None


def _numbers(written: Any) -> NDArray[np.float32]:
    """base64 as asked for, or the plain list that some endpoints answer all the same."""
    if isinstance(written, str):
        try:
            raw = base64.b64decode(written, validate=True)
        except binascii.Error as error:
            raise ValueError(f"no base64: {error}") from None
        return np.frombuffer(raw, dtype="<f4").astype(np.float32)
    with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused for that
        return np.array(written, dtype=np.float32).reshape(-1)
