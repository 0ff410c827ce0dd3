"""Cursors: where a page ended, as one opaque word."""

import base64
import binascii
import json
import uuid
from datetime import datetime
from typing import Annotated

from fastapi import Query

from campaignbase.api.problems import invalid
from campaignbase.core.storable import check_time
from campaignbase.errors import InputError
from campaignbase.models.library import Cursor

MAX_PAGE = 100
LONGEST = 200

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="Rows a page.", examples=[50])]
After = Annotated[
    str | None, Query(alias="cursor", max_length=LONGEST, description="`next_cursor` of the page before.")
]


def write(cursor: Cursor | None) -> str | None:
    if cursor is None:
        return None
    text = json.dumps([cursor.created_at.isoformat(), cursor.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str | None) -> Cursor | None:
    """Raises ProblemError 422: not a cursor of ours."""
    if text is None:
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        created_at, key = json.loads(raw)
        at = datetime.fromisoformat(created_at)
        check_time("created_at", at)
        return Cursor(at, str(uuid.UUID(key)))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError, InputError):
        raise invalid("query.cursor", "not a cursor; send next_cursor of the page before") from None
