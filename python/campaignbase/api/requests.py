"""Around every request: its id, its line in the log, its count, and a last net below it."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Collection, Iterator

from fastapi import Request
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campaignbase import wiring
from campaignbase.api import problems
from campaignbase.models.api_keys import ApiRequest
from campaignbase.models.cache import CacheCount

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("campaignbase.api")


class Counts(Collector):
    """What `/metrics` shows: of requests, and of this process's cache."""

    def __init__(self, cached: Callable[[], list[CacheCount]] = list) -> None:
        self._cached = cached
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.requests = Counter(
            "campaignbase_api_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "campaignbase_api_seconds",
            "Time to the first byte of an answer.",
            ["method", "route"],
            registry=self.registry,
        )

    def collect(self) -> Iterator[Metric]:
        yield from wiring.cache_metrics(self._cached())


class Requests:
    def __init__(
        self,
        app: ASGIApp,
        counts: Counts,
        hosts: Collection[str] | None,
        note: Callable[[ApiRequest], None],
        *,
        same_origin: bool,
    ) -> None:
        """
        Args:
            note: told of each request with an API key.
            hosts: names this server may be called by; None: any.
            same_origin: refuse pages of other origins, for there is no token to tell them by.
        """
        self._app = app
        self._counts = counts
        self._note = note
        self._hosts = None if hosts is None else frozenset(hosts)
        self._same_origin = same_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get(HEADER, "")
        scope["request_id"] = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        began = time.perf_counter()
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answered = MutableHeaders(scope=message)
                answered[HEADER] = scope["request_id"]
                answered.setdefault("Cache-Control", "no-store")
                answered["X-Content-Type-Options"] = "nosniff"
                self._count(scope, status, time.perf_counter() - began)
            await send(message)

        request = Request(scope)
        try:
            refused = self._foreign(headers)
            if refused is not None:
                await problems.response(request, 421, refused)(scope, receive, named)
                return
            await self._app(scope, receive, named)
        except Exception:
            _log.exception("%s failed: %s %s", scope["request_id"], scope["method"], scope["path"])
            if status:  # the answer had begun: nothing can be put right
                raise
            told = problems.response(request, 500, "an error of ours; the log has more under this request_id")
            await told(scope, receive, named)

    def _foreign(self, headers: Headers) -> str | None:
        if self._hosts is not None and _name(headers.get("host", "")) not in self._hosts:
            return "this server answers on this machine alone; call it by localhost or 127.0.0.1"
        origin = headers.get("origin")
        if self._same_origin and origin is not None:
            name = _name(origin.partition("://")[2])
            if self._hosts is None or name not in self._hosts:
                return "pages of other origins may not call this server; set CAMPAIGNBASE_API_TOKEN"
        return None

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", "other")
        # a method is the caller's word: an unknown one must not make a new series
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._counts.requests.labels(method, route, status).inc()
        self._counts.seconds.labels(method, route).observe(seconds)
        key_id = scope.get("state", {}).get("key_id")
        if key_id is not None:
            address = (scope.get("client") or ("unknown",))[0]
            self._note(
                ApiRequest(
                    *(str(uuid.uuid4()), key_id, method, route, status, scope["request_id"], address),
                    seconds_ago=seconds,
                )
            )
        _log.info("%s %s %s %s %.1f ms", scope["request_id"], method, scope["path"], status, seconds * 1000)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _name(host: str) -> str:
    """Without the port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower().rstrip(".")
