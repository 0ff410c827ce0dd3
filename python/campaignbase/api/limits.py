"""How many requests an identity may make, and how large one may be."""

from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from math import ceil
from time import monotonic, time
from typing import Any, Protocol, TypeVar

from fastapi import Request, Response
from limits import RateLimitItem, WindowStats, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campaignbase.api.problems import ProblemError
from campaignbase.core.media import MAX_BYTES
from campaignbase.errors import InputError

DEFAULT_RATE = "600/minute"
REFUSED_RATE = "60/minute"  # refused tokens, by address
MAX_BODY = 8 * 1024 * 1024
MAX_UPLOAD = MAX_BYTES + 64 * 1024  # a file, and what the form says around it

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    limit: int
    remaining: int
    reset_seconds: int
    window_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={self.window_seconds}',
            "RateLimit": f'"default";r={self.remaining};t={self.reset_seconds}',
        }


class OwnCount:
    """Requests in this process while they count; the counter of `limits` starts a thread every 10 ms."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        # who asked longest ago first; when she asked, and how long that counts
        self._asked: OrderedDict[tuple[str, ...], tuple[deque[float], int]] = OrderedDict()

    def hit(self, rate: RateLimitItem, *names: str) -> bool:
        """Whether it is allowed; refused ones are not counted."""
        self._forget()
        times, _ = self._asked.setdefault(names, (deque(), rate.get_expiry()))
        self._asked.move_to_end(names)
        now = self._clock()
        while times and times[0] <= now - rate.get_expiry():
            times.popleft()
        if len(times) >= rate.amount:
            return False
        times.append(now)
        return True

    def standing(self, rate: RateLimitItem, *names: str) -> Standing:
        now, seconds = self._clock(), rate.get_expiry()
        times, _ = self._asked.get(names, (deque[float](), seconds))
        while times and times[0] <= now - seconds:
            times.popleft()
        left = ceil(times[0] + seconds - now) if times else 0
        return Standing(rate.amount, max(0, rate.amount - len(times)), left, seconds)

    def _forget(self) -> None:
        """Two of those who asked longest ago, if nothing of theirs counts; more than come in."""
        for _ in range(min(2, len(self._asked))):
            names = next(iter(self._asked))
            times, seconds = self._asked[names]
            if times and times[-1] > self._clock() - seconds:
                return
            del self._asked[names]


class Line(Protocol):
    """To the Redis that all processes share."""

    @property
    def pool(self) -> Any: ...

    async def ask_or_none(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """None: it does not answer, which is noticed within 100 ms, and known from then on."""
        ...

    async def aclose(self) -> None: ...


class Limits:
    """Counted by all processes together where they share a Redis; while it does not answer by each alone."""

    def __init__(self, rate: str = DEFAULT_RATE, line: Line | None = None, namespace: str = "") -> None:
        """`namespace`: of those who count together."""
        self._rate = _rate(rate)
        self._refused = parse(REFUSED_RATE)
        self._own = OwnCount()
        self._line = line
        if line is not None:
            storage = RedisStorage(
                "async+redis://", implementation="redispy", key_prefix=namespace, connection_pool=line.pool
            )
            self._shared = SlidingWindowCounterRateLimiter(storage)

    async def count(self, request: Request, response: Response, identity: str) -> None:
        """Once a request. Raises ProblemError 429."""
        standing: Standing | None = getattr(request.state, "rate", None)
        if standing is None:
            allowed, standing = await self._hit(self._rate, "caller", identity)
            if not allowed:
                raise _too_many(standing)
            request.state.rate = standing
        response.headers.update(standing.headers)

    async def check_refused(self, request: Request) -> None:
        """Before a token is looked at. Raises ProblemError 429."""
        names = "refused", _address(request)
        own = self._own.standing(self._refused, *names)
        if own.remaining == own.limit:  # one try in each process is all that asking nobody costs
            return
        shared = None
        if self._line is not None:
            shared = await self._line.ask_or_none(
                partial(self._shared.get_window_stats, self._refused, *names)
            )
        found = own if shared is None else _standing(self._refused, shared)
        if not found.remaining:
            raise _too_many(found)

    async def count_refused(self, request: Request) -> None:
        await self._hit(self._refused, "refused", _address(request))

    async def aclose(self) -> None:
        if self._line is not None:
            await self._line.aclose()

    async def _hit(self, rate: RateLimitItem, *names: str) -> tuple[bool, Standing]:
        """Whether it is allowed. Counted here too, so that an outage does not begin at nothing."""
        allowed = self._own.hit(rate, *names)
        if self._line is not None:
            shared = await self._line.ask_or_none(partial(self._hit_shared, rate, *names))
            if shared is not None:
                return shared
        return allowed, self._own.standing(rate, *names)

    async def _hit_shared(self, rate: RateLimitItem, *names: str) -> tuple[bool, Standing]:
        allowed = await self._shared.hit(rate, *names)
        return allowed, _standing(rate, await self._shared.get_window_stats(rate, *names))


def _standing(rate: RateLimitItem, stats: WindowStats) -> Standing:
    left = max(0, ceil(stats.reset_time - time()))
    return Standing(rate.amount, max(0, stats.remaining), left, rate.get_expiry())


def _rate(text: str) -> RateLimitItem:
    try:
        return parse(text)
    except ValueError:
        raise InputError(
            f"CAMPAIGNBASE_API_RATE {text!r} is no rate; expected one like {DEFAULT_RATE}"
        ) from None


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else "unknown"


def _too_many(standing: Standing) -> ProblemError:
    seconds = max(1, standing.reset_seconds)
    return ProblemError(
        429,
        f"more than {standing.limit} requests in {standing.window_seconds} s; wait {seconds} s",
        headers={"Retry-After": str(seconds), **standing.headers},
    )


class BodyLimit:
    """413 for a body that says it is too large, and for one that grows to be."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MAX_UPLOAD if scope["path"].endswith("/file") else MAX_BODY
        stated = dict(scope["headers"]).get(b"content-length", b"")
        excess = stated.isdigit() and int(stated[:20]) > most
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            if excess:
                raise too_large(most)
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise too_large(most)
            return message

        await self._app(scope, counted, send)


def too_large(most: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {most:,} bytes; send less at once")
