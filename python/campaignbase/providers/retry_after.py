"""How long a server asked to be left alone."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SHORTEST = 0.1  # seconds; zero is no answer
LONGEST = 86_400.0  # no job waits longer before somebody asks again


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, SHORTEST to LONGEST, by Retry-After (seconds or a date) or retry-after-ms; None: not said."""
    seconds = _number(headers.get("retry-after-ms"))
    if seconds is not None:
        return _clamped(seconds / 1000)
    written = headers.get("retry-after")
    seconds = _number(written)
    if seconds is None and written:
        try:
            moment = parsedate_to_datetime(written)
        except (ValueError, OverflowError):
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return None if seconds is None else _clamped(seconds)


def _clamped(seconds: float) -> float:
    return min(max(seconds, SHORTEST), LONGEST)


def _number(written: str | None) -> float | None:
    try:
        found = float(written or "")
    except ValueError:
        return None
    return found if math.isfinite(found) and found >= 0 else None
