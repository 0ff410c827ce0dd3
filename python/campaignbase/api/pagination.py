"""Cursors: where a page of one list ended, as one opaque word."""

import base64
import binascii
import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from campaignbase.api.problems import invalid
from campaignbase.api.schemas.base import Digits
from campaignbase.core.storable import check_time
from campaignbase.errors import InputError
from campaignbase.models.library import Cursor

MAX_PAGE = 100
LONGEST = 200

Limit = Annotated[int, Digits, Query(ge=1, le=MAX_PAGE, description="Rows a page.", examples=[50])]
After = Annotated[
    str | None,
    Query(
        alias="cursor",
        max_length=LONGEST,
        description="`next_cursor` of the page before, of this list with the same filters.",
    ),
]


@dataclass(frozen=True, slots=True)
class Paging:
    after: Cursor | None
    limit: int
    list_id: str  # of the path and the filters that were asked for

    def next(self, cursor: Cursor | None) -> str | None:
        return None if cursor is None else write(cursor, self.list_id)


def _paging(request: Request, limit: Limit = 50, cursor: After = None) -> Paging:
    filters = sorted(item for item in request.query_params.items() if item[0] not in ("cursor", "limit"))
    told = json.dumps([request.url.path, filters])
    list_id = hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Paging(None if cursor is None else read(cursor, list_id), limit, list_id)


Pages = Annotated[Paging, Depends(_paging)]


def write(cursor: Cursor, list_id: str) -> str:
    text = json.dumps([cursor.created_at.isoformat(), cursor.id, list_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str, list_id: str) -> Cursor:
    """Raises ProblemError 422: not a cursor of ours, or of another list."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        created_at, key, of = json.loads(raw)
        at = datetime.fromisoformat(created_at)
        check_time("created_at", at)
        found = Cursor(at, str(uuid.UUID(key)))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError, InputError):
        raise invalid("query.cursor", "not a cursor; send next_cursor of the page before") from None
    if of != list_id:
        raise invalid(
            "query.cursor",
            "is of another list or of other filters; send next_cursor of this one, with the same filters",
        )
    return found
