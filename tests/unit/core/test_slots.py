from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaignbase.core.slots import check_times, find_zone, instant, next_slot
from campaignbase.errors import InputError

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ((2026, 1, 15, 9), BERLIN, utc(2026, 1, 15, 8)),  # winter, +1
        ((2026, 7, 15, 9), BERLIN, utc(2026, 7, 15, 7)),  # summer, +2
        ((2026, 3, 29, 2, 30), BERLIN, utc(2026, 3, 29, 1, 30)),  # skipped: 03:30 by the new clock
        ((2026, 10, 25, 2, 30), BERLIN, utc(2026, 10, 25, 1, 30)),  # twice: the second, +1
        ((2026, 3, 8, 2, 30), NEW_YORK, utc(2026, 3, 8, 7, 30)),  # skipped: 03:30, -4
        ((2026, 11, 1, 1, 30), NEW_YORK, utc(2026, 11, 1, 6, 30)),  # twice: the second, -5
    ],
)
def test_instant_reads_wall_clocks(local, zone, expected):
    assert instant(datetime(*local), zone) == expected  # noqa: DTZ001 of no zone yet


@pytest.mark.parametrize(
    ("times", "after", "expected"),
    [
        (["18:30", "9:00"], utc(2026, 3, 28, 7, 59), utc(2026, 3, 28, 8)),
        (["18:30", "9:00"], utc(2026, 3, 28, 8), utc(2026, 3, 28, 17, 30)),  # later than `after`
        (["9:00"], utc(2026, 3, 28, 8), utc(2026, 3, 29, 7)),  # summer time began in between
        (["sun 9:00"], utc(2026, 3, 28, 8), utc(2026, 3, 29, 7)),
        (["SAT 09:00"], utc(2026, 3, 28, 8), utc(2026, 4, 4, 7)),
        (["noon", "25:00"], utc(2026, 3, 28, 8), None),
        ([], utc(2026, 3, 28, 8), None),
    ],
)
def test_next_slot_is_the_first_time_to_come(times, after, expected):
    assert next_slot(times, BERLIN, after) == expected


def test_next_slot_passes_over_what_is_taken_and_stops_at_the_end():
    after, first, second = utc(2026, 3, 28), utc(2026, 3, 28, 8), utc(2026, 3, 29, 7)
    assert next_slot(["09:00"], BERLIN, after, taken={first}) == second
    assert next_slot(["09:00"], BERLIN, after, second, {first}) == second
    assert next_slot(["09:00"], BERLIN, after, utc(2026, 3, 29, 6, 59), {first}) is None


def test_zones_and_times_that_are_none_are_refused():
    assert find_zone("UTC") is UTC
    # the last one took a backtracking pattern years
    for zone in ("", "Berlin", "../etc/passwd", "UTC+3", "Europe/Berlin\0", "a" * 60 + "!"):
        with pytest.raises(InputError, match="unknown time zone"):
            find_zone(zone)
    check_times(["9:00", "Mon 23:59"])
    with pytest.raises(InputError, match="optimal time '9' is none"):
        check_times(["9:00", "9"])
