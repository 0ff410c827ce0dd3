"""The same POST sent twice under one Idempotency-Key is done once.

Answers are kept in this process: bounded, for a day. Another process does not know them.
"""

import asyncio
import hashlib
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from campaignbase.api.problems import ProblemError, invalid

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
SECONDS = 24 * 3600.0
MOST = 10_000
MOST_BYTES = 64 * 1024 * 1024
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(slots=True)
class _Entry:
    body: bytes  # sha256
    at: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    answer: Response | None = None

    @property
    def size(self) -> int:
        return len(self.answer.body) if self.answer is not None else 0


class Answered:
    """What POSTs under a key were answered; oldest first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._entries: OrderedDict[tuple[str, ...], _Entry] = OrderedDict()
        self._bytes = 0
        self._clock = clock

    async def once(self, key: tuple[str, ...], body: bytes, act: Callable[[], Any]) -> Response:
        """Raises ProblemError 422: the key was used for another body."""
        digest = hashlib.sha256(body).digest()
        self._forget()
        entry = self._entries.setdefault(key, _Entry(digest, self._clock()))
        if entry.body != digest:
            raise invalid(f"header.{HEADER}", "was used for another request; take a new key for each")
        async with entry.lock:  # a second one waits for the first
            if entry.answer is not None:
                return _again(entry.answer)
            try:
                answer: Response = await act()
            except BaseException:
                self._drop(key, entry)  # refused: nothing was done, it may be sent again
                raise
            if answer.status_code < 500 and isinstance(getattr(answer, "body", None), bytes):
                entry.answer = answer
                self._bytes += entry.size
            else:
                self._drop(key, entry)
            return answer

    def _drop(self, key: tuple[str, ...], entry: _Entry) -> None:
        if self._entries.get(key) is entry:
            del self._entries[key]

    def _forget(self) -> None:
        now = self._clock()
        while self._entries:
            entry = next(iter(self._entries.values()))
            full = len(self._entries) >= MOST or self._bytes > MOST_BYTES
            if entry.lock.locked() or not (full or now - entry.at > SECONDS):
                return
            self._entries.popitem(last=False)
            self._bytes -= entry.size


class IdempotentRoute(APIRoute):
    """Of routers whose POSTs may carry the header."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise invalid(f"header.{HEADER}", "expected 1 to 255 printable characters without spaces")
            if not hasattr(request.app.state, "answered"):
                raise ProblemError(503, "the server is starting")
            caller = await request.app.state.identify(request)
            place = f"{request.url.path}?{request.url.query}"
            kept: Answered = request.app.state.answered
            return await kept.once((caller.id, place, key), await request.body(), lambda: handle(request))

        return answered


def _again(answer: Response) -> Response:
    headers = {name: value for name, value in answer.headers.items() if name in ("content-type", "location")}
    return Response(answer.body, answer.status_code, {**headers, REPLAYED: "true"})
