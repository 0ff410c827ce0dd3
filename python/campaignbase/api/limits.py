"""How many requests an identity may make, and how large one may be."""

from dataclasses import dataclass
from math import ceil
from time import time

from fastapi import Request, Response
from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from campaignbase.api.problems import ProblemError
from campaignbase.core.media import MAX_BYTES
from campaignbase.errors import InputError

DEFAULT_RATE = "600/minute"
REFUSED_RATE = "60/minute"  # refused tokens, by address
MAX_BODY = 8 * 1024 * 1024
MAX_UPLOAD = MAX_BYTES + 64 * 1024  # a file, and what the form says around it


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


class Limits:
    """Counted in this process: several processes each allow as many."""

    def __init__(self, rate: str = DEFAULT_RATE) -> None:
        self._rate = _rate(rate)
        self._refused = parse(REFUSED_RATE)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    async def count(self, request: Request, response: Response, identity: str) -> None:
        """Raises ProblemError 429."""
        allowed = await self._limiter.hit(self._rate, "caller", identity)
        standing = await self._standing(self._rate, "caller", identity)
        if not allowed:
            raise _too_many(standing)
        response.headers.update(standing.headers)
        request.state.rate = standing

    async def check_refused(self, request: Request) -> None:
        """Before a token is looked at."""
        address = _address(request)
        if not await self._limiter.test(self._refused, "refused", address):
            raise _too_many(await self._standing(self._refused, "refused", address))

    async def count_refused(self, request: Request) -> None:
        await self._limiter.hit(self._refused, "refused", _address(request))

    async def _standing(self, rate: RateLimitItem, *names: str) -> Standing:
        stats = await self._limiter.get_window_stats(rate, *names)
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
