"""Labels as they come, as text/event-stream."""

import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from campaignbase.api.access import Access, Asked
from campaignbase.api.feed import BEGINNING, Feed
from campaignbase.api.problems import ProblemError, invalid, status_of
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Digits
from campaignbase.api.schemas.content import ContentOut
from campaignbase.api.watching import News
from campaignbase.errors import CampaignbaseError
from campaignbase.models import ContentAsset
from campaignbase.models.library import Change

routes = router("content", prefix="/content")

QUIET_SECONDS = 15.0  # then a comment, so that nobody on the way takes the stream for dead
LONGEST_SECONDS = 3600.0
STREAMS = 5  # at once, an identity


@routes.get(
    "/events", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}}
)
async def content_events(
    request: Request,
    asked: Asked,
    seconds: Annotated[
        float, Digits, Query(gt=0, le=LONGEST_SECONDS, description="When it ends.")
    ] = LONGEST_SECONDS,
    last_event_id: Annotated[
        str | None, Header(description="Go on after that event; EventSource sends it by itself.")
    ] = None,
) -> StreamingResponse:
    """An event `labeled`, `review` or `failed` for each row that becomes it, with the row, at least once.

    Ends after an hour, or when the token does; EventSource connects again by itself and goes on from there.
    """
    after = None if not last_event_id else _change(last_event_id)
    workspace = await asked.workspace()
    opened: Counter[str] = request.app.state.streams
    if opened[asked.caller.id] >= STREAMS:
        raise ProblemError(
            429, f"{STREAMS} streams are open already; close one", headers={"Retry-After": "5"}
        )
    left = seconds if asked.caller.expires_at is None else min(seconds, asked.caller.expires_at - time.time())

    return _Stream(events(asked, workspace.id, left, after), opened, asked.caller.id)


class _Stream(StreamingResponse):
    """Takes its place when it is made, so that many at once are counted, and frees it however it ends."""

    def __init__(self, lines: AsyncIterator[str], opened: Counter[str], caller_id: str) -> None:
        super().__init__(lines, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
        self._opened, self._caller_id = opened, caller_id
        opened[caller_id] += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._opened[self._caller_id] -= 1


async def events(
    asked: Access, workspace_id: str, seconds: float, after: Change | None
) -> AsyncIterator[str]:
    ends = time.monotonic() + seconds
    async with asked.backend.watch(asked.caller, workspace_id) as watch:
        feed = Feed(asked.store, workspace_id, watch.overlap)
        stands = await feed.start(after)
        yield f"retry: 2000\nid: {_written(stands)}\n\n"
        news = News(look=after is not None)
        while True:
            try:
                async for row in _labeled(feed, news):
                    yield _event(row)
            except CampaignbaseError as error:
                if status_of(error) < 500:  # no longer theirs
                    return
                watch.missed()
            left = ends - time.monotonic()
            if left <= 0:
                return
            news = await watch.wait(min(left, QUIET_SECONDS))
            if news == News() and left > QUIET_SECONDS:
                yield ": still here\n\n"


async def _labeled(feed: Feed, news: News) -> AsyncIterator[ContentAsset]:
    async for row in feed.read(news.ids):
        yield row
    if news.look:
        async for row in feed.look():
            yield row


def _event(row: ContentAsset) -> str:
    data = json.dumps(ContentOut.of(row).model_dump(mode="json"), ensure_ascii=False)
    return f"event: {row.label_state}\nid: {_written(Change(row.updated_at, row.id))}\ndata: {data}\n\n"


def _written(change: Change) -> str:
    return f"{change.updated_at.isoformat()}/{change.id}"


def _change(text: str) -> Change:
    """Raises ProblemError 422."""
    at, _, key = text.partition("/")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError
        found = Change(moment.astimezone(UTC), str(UUID(key)))
    except (ValueError, OverflowError):
        raise invalid("header.last-event-id", "is no id of an event of this stream") from None
    return found if found.updated_at > BEGINNING.updated_at else BEGINNING
