"""When a campaign may post: times of day in a time zone, and the next one that is free.

Pure. The twin in SQL is private.next_slot.
"""

import re
from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from campaignbase.errors import InputError

DAYS_AHEAD = 366
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_TIME = re.compile(rf"(?:({'|'.join(WEEKDAYS)}) )?([01]?[0-9]|2[0-3]):([0-5][0-9])")
_PLATFORM = re.compile("[a-z][a-z0-9_]*")
_WORDS = "[A-Za-z][A-Za-z0-9]*(?:[_+-][A-Za-z0-9]+)*"
_ZONE = re.compile(f"{_WORDS}(?:/{_WORDS})*")


def check_times(times: Sequence[str]) -> None:
    """Raises InputError naming the first, in the order of code points, that is no time of day."""
    wrong = sorted(text for text in times if not _TIME.fullmatch(text.lower()))
    if wrong:
        raise InputError(
            f"optimal time '{wrong[0][:100]}' is none; Write 09:00, or mon 09:00;"
            " it is read in the time zone of the workspace."
        )


def check_platforms(platforms: Sequence[str]) -> None:
    """Raises InputError naming the first, in the order of code points, that no post can have."""
    wrong = sorted(text for text in platforms if not is_platform(text))
    if wrong:
        raise InputError(
            f"target platform '{wrong[0][:100]}' is not lower_snake_case;"
            " Write it as posts do, such as linkedin or instagram_reels."
        )


def is_platform(text: object) -> bool:
    return isinstance(text, str) and _PLATFORM.fullmatch(text) is not None


def find_zone(name: str) -> tzinfo:
    """Raises InputError."""
    if name == "UTC":
        return UTC
    try:
        if not _ZONE.fullmatch(name):
            raise ValueError
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        raise InputError(
            f"unknown time zone '{name[:100]}'; Name one as Europe/Berlin or America/New_York, or UTC."
        ) from None


def next_slot(
    times: Sequence[str],
    zone: tzinfo,
    after: datetime,
    until: datetime | None = None,
    taken: Container[datetime] = (),
) -> datetime | None:
    """In UTC; None when none is free within a year.

    Args:
        times: `09:00` or `mon 09:00`; what is neither is passed over.
        after, until: the slot is later than `after` and not later than `until`.
        taken: in UTC.
    """
    found = _slots(times, zone, after)
    return next((at for at in found if at not in taken and (until is None or at <= until)), None)


def _slots(times: Sequence[str], zone: tzinfo, after: datetime) -> list[datetime]:
    parts = [match.groups() for text in times if (match := _TIME.fullmatch(text.lower()))]
    today = after.astimezone(zone).date()
    last = (date.max - today).days
    found = {
        instant(datetime.combine(day, time(int(hour), int(minute))), zone)
        for day in (today + timedelta(days=ahead) for ahead in range(min(DAYS_AHEAD, last) + 1))
        for weekday, hour, minute in parts
        if weekday in (None, WEEKDAYS[day.weekday()])
    }
    return sorted(at for at in found if at > after)


def instant(local: datetime, zone: tzinfo) -> datetime:
    """In UTC. Where clocks skip an hour, a time in it is an hour later; where they repeat one, the second
    counts."""
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    # in a gap the first reading has the offset before it, and is later than the second
    return max(first, second)
