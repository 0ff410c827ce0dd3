"""The same POST sent twice under one Idempotency-Key is done once, whichever process it reaches.

The database remembers each key: who is at it, with a lease, then what was answered. A process that dies after
it acted and before it said so leaves a lease that ends, and a repeat acts again.
"""

import asyncio
import hashlib
import json
import logging
import re
import uuid
from collections.abc import Callable, Coroutine
from math import ceil
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from campaignbase.api.backend import Backend
from campaignbase.api.limits import Limits
from campaignbase.api.problems import ProblemError, invalid, request_id
from campaignbase.errors import CampaignbaseError
from campaignbase.ports.requests import LONGEST_ANSWER, RequestStore

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LEASE_SECONDS = 120  # longer than any request takes
WAIT_SECONDS = 3.0  # for whoever is at the same request
FIRST_LOOK, LAST_LOOK = 0.05, 0.5  # seconds; less and less often
RETRY_SECONDS = 5
FINISH_WAITS = (0.0, 0.2, 1.0)  # seconds before each try to say what was answered
# they change nothing, so doing them again does no harm
READING = frozenset({"/search", "/rules/preview", "/v1/embeddings"})
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("content-type", "location")
_log = logging.getLogger("campaignbase.api")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """Of routers whose POSTs may carry the header."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST" or self.path in READING:
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise invalid(f"header.{HEADER}", "expected 1 to 255 printable characters without spaces")
            backend: Backend = request.app.state.backend
            limits: Limits = request.app.state.limits
            caller = await request.app.state.identify(request)
            headers = Response()
            await limits.count(request, headers, caller.id)
            place = f"{caller.id} {request.url.path}?{request.url.query} {key}"
            name = hashlib.sha256(place.encode()).hexdigest()
            body = hashlib.sha256(await request.body()).hexdigest()
            once = Once(await backend.store(caller), name, request_id(request))
            kept = await once.begin(body)
            if kept is None:
                return await once.act(lambda: handle(request))
            kept.headers.update(request.state.rate.headers)
            return kept

        return answered


class Once:
    """One request under a key; its life is one of ours."""

    def __init__(self, store: RequestStore, name: str, label: str = "") -> None:
        """
        Args:
            name: of caller, route and key.
            label: for the log.
        """
        self._store = store
        self._name = name
        self._label = label
        self._owner = uuid.uuid4().hex

    async def begin(self, body: str) -> Response | None:
        """What was answered before; None: it is ours to do.

        Args:
            body: its hash.
        Raises:
            ProblemError: 422, the key was used for another body; 409, somebody else is at it, or its answer
                was not kept.
        """
        waited, look = 0.0, FIRST_LOOK
        while True:
            begun = await self._store.begin_request(self._name, body, self._owner, LEASE_SECONDS)
            if begun.state == "yours":
                return None
            if begun.state == "other":
                raise invalid(f"header.{HEADER}", "was used for another request; take a new key for each")
            if begun.answer is not None:
                return _read(begun.answer)
            if waited >= WAIT_SECONDS:
                after = min(RETRY_SECONDS, ceil(begun.seconds_left) or 1)
                raise ProblemError(
                    409,
                    f"a request under this {HEADER} is being done; send it again in {after} s",
                    headers={"Retry-After": str(after)},
                )
            await asyncio.sleep(look)
            waited, look = waited + look, min(look * 2, LAST_LOOK)

    async def act(self, handle: Callable[[], Coroutine[Any, Any, Response]]) -> Response:
        try:
            answer = await handle()
        except Exception:  # refused, or failed: it may be sent again
            await self._finish(None)
            raise
        # canceled: nobody knows what was done; the lease says when it may be sent again
        await self._finish(_write(answer))
        return answer

    async def _finish(self, answer: str | None) -> None:
        for wait in FINISH_WAITS:
            await asyncio.sleep(wait)
            try:
                await self._store.finish_request(self._name, self._owner, answer)
            except CampaignbaseError as error:
                trouble = error
            else:
                return
        _log.error("%s: the answer under its %s is not kept: %s", self._label, HEADER, trouble)


def _write(answer: Response) -> str | None:
    """None: to be done again."""
    body = getattr(answer, "body", None)
    if answer.status_code >= 500 or not isinstance(body, bytes):
        return None
    told = {
        "status": answer.status_code,
        "headers": {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        "body": body.decode(),
    }
    written = json.dumps(told, ensure_ascii=False)
    return written if len(written) <= LONGEST_ANSWER else json.dumps({**told, "body": None})


def _read(written: str) -> Response:
    """Raises ProblemError 409: too large to be kept."""
    told = json.loads(written)
    if told["body"] is None:
        raise ProblemError(
            409,
            "this was done before; its answer was too large to be kept: read what it made",
            headers={name: told["headers"][name] for name in ("location",) if name in told["headers"]},
        )
    return Response(told["body"], told["status"], {**told["headers"], REPLAYED: "true"})
