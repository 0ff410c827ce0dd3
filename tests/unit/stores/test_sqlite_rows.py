from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from campaignbase.stores.sqlite_rows import moment, money, stamp, two_places


def test_stamp_is_utc_of_fixed_width():
    berlin = timezone(timedelta(hours=2))
    assert stamp(datetime(2025, 3, 4, 1, 2, 3, 45, tzinfo=berlin)) == "2025-03-03T23:02:03.000045Z"


def test_moment_reads_what_stamp_wrote():
    now = datetime(2025, 3, 4, 5, 6, 7, 890, tzinfo=UTC)
    assert moment(stamp(now)) == now


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        (None, 4, None),
        (Decimal("1.5"), 4, "1.5000"),
        (Decimal("0.00005"), 4, "0.0001"),  # half up, as numeric rounds
        (Decimal("1E+3"), 2, "1000.00"),
    ],
)
def test_money_has_a_fixed_number_of_places(value, places, expected):
    assert money(value, places) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(None, None), (0.625, 0.63), (0.285, 0.29), (1.0, 1.0), (0, 0.0)]
)
def test_two_places_rounds_what_is_written(value, expected):
    assert two_places(value) == expected  # 0.285 is less than that in binary; numeric sees the digits
