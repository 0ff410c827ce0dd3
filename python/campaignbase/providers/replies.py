"""What a call of a model comes back with, whole or not, before anybody reads what it says."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from campaignbase.core.answer import Refusal
from campaignbase.models import Usage

MAX_BODY = 262_144  # bytes of an answer with its envelope; nothing longer is read to its end
MOST_TOKENS = 10_000_000  # a provider that counts more does not count


@dataclass(frozen=True, slots=True)
class Reply:
    """`usage`: None where nobody knows; `trouble`: why it is no answer, by its name and for people."""

    text: str
    usage: Usage | None
    trouble: tuple[Refusal, str] | None = None


class TroubleError(Exception):
    """What may be gone the next time."""

    def __init__(
        self, message: str, *, busy: bool = False, billed: bool = False, after: float | None = None
    ) -> None:
        """
        Args:
            busy: no text is at fault, so a job waits without a failure.
            billed: perhaps.
            after: seconds the provider asked for.
        """
        super().__init__(message)
        self.busy, self.billed, self.after = busy, billed, after


class OutOfMoneyError(Exception):
    pass


async def read_envelope(chunks: AsyncIterator[bytes], provider: str) -> dict[str, Any] | Reply:
    """The JSON object an answer is wrapped in; a Reply that says so where there is none."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BODY:
            message = f"{provider} answered more than {MAX_BODY:,} bytes, which are not read to their end"
            return Reply("", None, ("too_large", message))
    return parse_envelope(bytes(body), provider)


def parse_envelope(body: bytes | str, provider: str) -> dict[str, Any] | Reply:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    what = "nothing" if not body.strip() else "what is no JSON object"
    return Reply("", None, ("no_answer", f"{provider} answered {what}"))


async def cut_errors(response: Any) -> None:
    """A hook of the SDKs' HTTP client: of an error no more is read than of an answer."""
    import httpx2

    class Cut(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            left = MAX_BODY
            async for chunk in self._stream:
                yield chunk[:left]
                left -= len(chunk)
                if left <= 0:
                    return

        async def aclose(self) -> None:
            await self._stream.aclose()

    if response.status_code >= 400:
        response.stream = Cut(response.stream)


def no_answer(provider: str, usage: Usage | None = None) -> Reply:
    return Reply("", usage, ("no_answer", f"{provider} answered in another format than its own"))


def tokens(given: Any) -> int:
    """
    Raises:
        ValueError: it is no number of tokens.
    """
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= MOST_TOKENS:
        raise ValueError(f"no number of tokens: {given!r:.40}")
    return given
