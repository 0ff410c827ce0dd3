"""Are pages, changes and posts fit to be asked for or stored? What every store checks before it acts.

Pure. The constraints in sql/tables/ say the same in less readable words.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from campaignbase.core.names import check_name
from campaignbase.core.new_content import CAMPAIGN_STATES, DATES_OUT_OF_ORDER, SNAKE_CASE
from campaignbase.core.slots import check_platforms, check_times
from campaignbase.core.storable import check_address, check_json, check_text, check_time
from campaignbase.core.text import is_blank
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models.library import (
    MAX_PAGE,
    CampaignChanges,
    ContentChanges,
    NewPost,
    PostChanges,
    given,
)

_DATES_ARE_IN_ORDER = "campaigns_end_date_is_after_start_date"
LATE = timedelta(minutes=5)  # a clock may be off, and a form takes its time


def page_size(limit: int) -> int:
    return min(max(limit, 1), MAX_PAGE)


def found_id(noun: str, value: str) -> str:
    """As databases write it. Raises NotFoundError: it is no id, so nothing can have it."""
    canonical = _uuid(value)
    if canonical is None:
        raise not_found(noun, value)
    return canonical


def not_found(noun: str, value: str) -> NotFoundError:
    return NotFoundError(
        f"no {noun} with id {value!r}: deleted, or not in a workspace of yours; list what there is"
    )


def given_id(field: str, value: str) -> str:
    """As databases write it. Raises InputError: it is no id."""
    canonical = _uuid(value)
    if canonical is None:
        raise InputError(f"{field} {value!r} is no id: expected a uuid")
    return canonical


def content_values(changes: ContentChanges) -> dict[str, Any]:
    """Column to value. Raises InputError."""
    values = _values(given(changes))
    _check_snake_case("generator", values.get("generator"))
    return values


def campaign_values(changes: CampaignChanges) -> dict[str, Any]:
    """Column to value. Raises InputError."""
    values = _values(given(changes))
    if "name" in values:
        check_name("campaign", values["name"])
    check_platforms(values.get("target_platforms", ()))
    check_times(values.get("optimal_times", ()))
    _check_snake_case("campaign_type", values.get("campaign_type"))
    if "status" in values and values["status"] not in CAMPAIGN_STATES:
        raise InputError(f"campaign status {values['status']!r} is not one of {', '.join(CAMPAIGN_STATES)}")
    return values


def refused_change(told: str) -> InputError | None:
    """What a constraint refused, by the database's own words; None where those are all there is to say."""
    return InputError(DATES_OUT_OF_ORDER) if _DATES_ARE_IN_ORDER in told else None


def check_schedule(at: datetime | None, now: datetime) -> None:
    """For who asks for a time; rows that wait for a publisher grow older than that.

    Raises:
        InputError: the time is past.
    """
    if at is not None and at < now - LATE:
        asked, told = (f"{one.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for one in (at, now))
        raise InputError(
            f"scheduled_time {asked} is in the past, it is {told} now; choose a time to come or leave it out"
        )


def post_says_nothing(text: str | None, content_asset_id: str | None, media_urls: Sequence[str]) -> bool:
    return is_blank(text) and content_asset_id is None and all(map(is_blank, media_urls))


def post_changes(changes: PostChanges) -> dict[str, Any]:
    """Column to value. Raises InputError."""
    values = _values(given(changes))
    _check_snake_case("platform", values.get("platform"))
    return values


def new_posts(rows: Sequence[NewPost]) -> list[dict[str, Any]]:
    """Column to value, a row each. Raises InputError naming the row by its place, from 1."""
    found = []
    for place, row in enumerate(rows, start=1):
        values = {
            "platform": row.platform,
            "post_text": row.post_text,
            "campaign_id": row.campaign_id,
            "content_asset_id": row.content_asset_id,
            "media_urls": row.media_urls,
            "scheduled_time": row.scheduled_time,
            "hashtags": row.hashtags,
            "mentions": row.mentions,
        }
        try:
            checked = _values(values)
            _check_snake_case("platform", row.platform)
        except InputError as error:
            raise InputError(f"row {place}: {error}") from None
        found.append(checked)
    return found


def _uuid(value: str) -> str | None:
    try:
        return str(UUID(value)) if len(value) == 36 else None
    except ValueError:
        return None


def _values(values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: _value(field, value) for field, value in values.items()}


def _value(field: str, value: Any) -> Any:
    if value is None:
        return None
    if field.endswith("_id"):
        return given_id(field, value)
    if isinstance(value, str):
        check_text(field, value)
        if field == "file_url":
            check_address(field, value)
    elif isinstance(value, datetime):
        check_time(field, value)
    elif isinstance(value, Mapping):
        check_json(field, value)
    elif isinstance(value, tuple | list):
        for word in value:
            check_text(field, word)
            if field == "media_urls":
                check_address(field, word)
        return list(value)
    return value


def _check_snake_case(field: str, value: str | None) -> None:
    if value is not None and not SNAKE_CASE.fullmatch(value):
        raise InputError(f"{field} {value!r} is not lower_snake_case")
