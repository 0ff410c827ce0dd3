"""Labels as they come, as text/event-stream.

The newest rows are looked at again and again: a row further back that is relabeled is not told.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import StreamingResponse

from campaignbase.api.access import Access, Asked
from campaignbase.api.problems import ProblemError, status_of
from campaignbase.api.routers import router
from campaignbase.api.schemas.content import ContentOut
from campaignbase.errors import CampaignbaseError
from campaignbase.models import ContentAsset

routes = router("content", prefix="/content")

LOOK_SECONDS = 1.0
QUIET_SECONDS = 15.0  # then a comment, so that nobody on the way takes the stream for dead
LONGEST_SECONDS = 3600.0
NEWEST = 200  # rows looked at
STREAMS = 5  # at once, an identity


@routes.get(
    "/events", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}}
)
async def content_events(
    request: Request,
    asked: Asked,
    seconds: Annotated[float, Query(gt=0, le=LONGEST_SECONDS, description="When it ends.")] = LONGEST_SECONDS,
) -> StreamingResponse:
    """An event `labeled`, `review` or `failed` for each of the newest 200 rows that becomes it, with the row.

    Ends after an hour, or when the token does; EventSource connects again by itself.
    """
    workspace = await asked.workspace()
    opened: Counter[str] = request.app.state.streams
    if opened[asked.caller.id] >= STREAMS:
        raise ProblemError(
            429, f"{STREAMS} streams are open already; close one", headers={"Retry-After": "5"}
        )
    left = seconds if asked.caller.expires_at is None else min(seconds, asked.caller.expires_at - time.time())

    async def stream() -> AsyncIterator[str]:
        opened[asked.caller.id] += 1
        try:
            async for line in events(asked, workspace.id, left):
                yield line
        finally:
            opened[asked.caller.id] -= 1

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def events(asked: Access, workspace_id: str, seconds: float) -> AsyncIterator[str]:
    ends = time.monotonic() + seconds
    told = time.monotonic()
    known = {row.id: _state(row) for row in await _newest(asked, workspace_id)}
    yield "retry: 2000\n\n"
    while time.monotonic() < ends:
        await asyncio.sleep(min(LOOK_SECONDS, max(0.0, ends - time.monotonic())))
        try:
            rows = await _newest(asked, workspace_id)
        except CampaignbaseError as error:
            if status_of(error) < 500:  # no longer theirs
                return
            continue
        for row in reversed(rows):  # oldest first
            if row.label_state != "queued" and known.get(row.id) != _state(row):
                told = time.monotonic()
                yield _event(row)
        known = {row.id: _state(row) for row in rows}
        if time.monotonic() - told >= QUIET_SECONDS:
            told = time.monotonic()
            yield ": still here\n\n"


async def _newest(asked: Access, workspace_id: str) -> list[ContentAsset]:
    return await asked.store.content(workspace_id, limit=NEWEST)


def _state(row: ContentAsset) -> tuple[object, ...]:
    return row.label_state, row.primary_category, row.tags, row.sentiment, row.target_audience


def _event(row: ContentAsset) -> str:
    data = json.dumps(ContentOut.of(row).model_dump(mode="json"), ensure_ascii=False)
    return f"event: {row.label_state}\nid: {row.id}\ndata: {data}\n\n"
