"""Which texts, times and JSON every database keeps as they are. Pure.

Postgres keeps no NUL and no half of a surrogate pair, and neither keeps a number that is none.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from campaignbase.errors import InputError

MAX_TEXT_BYTES = 1_000_000
MOST_LEVELS = 64  # of JSON within JSON
# no colon before the first slash, but of http and https: javascript: and data: run where they are followed
ADDRESS = "^(https?://|[^:/]*(/|$))"
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def check_address(field: str, text: str) -> None:
    """Raises InputError."""
    if not text.strip() or re.match(ADDRESS, text) is None:
        raise InputError(
            f"{field} {text[:40]!r} is no web address; expected https://..., http://... or no scheme"
        )


def check_digits(value: object) -> object:
    """Raises ValueError: a text that Python alone reads as a number, like 1_0."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError(f"expected a number in digits, not {value[:40]!r}")
    return value


def check_text(field: str, text: str) -> None:
    """Raises InputError."""
    trouble = text_trouble(text)
    if trouble is not None:
        raise InputError(f"{field} {trouble}")
    size = len(text.encode())
    if size > MAX_TEXT_BYTES:
        raise InputError(f"{field} has {size:,} bytes, at most {MAX_TEXT_BYTES:,} fit; cut it")


def text_trouble(text: str) -> str | None:
    """What of it no database stores, with what to do."""
    if "\x00" in text:
        return "holds a NUL character; remove it"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return (
            f"holds half a surrogate pair at character {error.start + 1}, which no database stores; remove it"
        )
    return None


def check_time(field: str, moment: datetime) -> None:
    """Raises InputError."""
    if moment.tzinfo is None:
        raise InputError(f"{field} {moment.isoformat()} has no time zone; write one, like +00:00")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise InputError(
            f"{field} {moment.isoformat()} is before the year 1 or after 9999 in UTC; choose a time between"
        ) from None


def check_json(field: str, value: Any) -> None:
    """Raises InputError, naming the place within."""
    trouble = json_trouble(value)
    if trouble is not None:
        place, told = trouble
        raise InputError(f"{'.'.join((field, *place))} {told}")


def json_trouble(value: Any) -> tuple[tuple[str, ...], str] | None:
    """The first place that cannot be kept, and why."""
    waiting: list[tuple[Any, tuple[str, ...]]] = [(value, ())]
    while waiting:
        one, place = waiting.pop()
        if len(place) > MOST_LEVELS:
            return place[:3], f"is nested deeper than {MOST_LEVELS} levels; make it flatter"
        if isinstance(one, str):
            trouble = text_trouble(one)
            if trouble is not None:
                return place, trouble
        elif isinstance(one, float) and not math.isfinite(one):
            return place, f"is {one}, which is no number of JSON; leave it out"
        elif isinstance(one, Mapping):
            for key, kept in one.items():
                trouble = text_trouble(str(key))
                if trouble is not None:
                    return place, f"has a name that {trouble}"
                waiting.append((kept, (*place, str(key))))
        elif isinstance(one, list | tuple):
            waiting += [(kept, (*place, str(number))) for number, kept in enumerate(one)]
    return None
