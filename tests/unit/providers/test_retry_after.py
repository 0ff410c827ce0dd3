"""Every form a server may say "later" in."""

from datetime import UTC, datetime

import pytest

from campaignbase.providers.retry_after import retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "0"}, 0.1),  # at once is not later
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30"}, 30.0),  # no zone: UTC
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.1),  # past
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e308"}, 86_400.0),
        ({"retry-after-ms": "1e308"}, 86_400.0),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, 86_400.0),
        # a zone that no number of seconds has room for
        ({"retry-after": f"Sun, 01 Mar 2026 12:00:30 +{'9' * 20}"}, None),
    ],
)
def test_retry_after_reads_what_was_said(headers: dict[str, str], expected: float | None) -> None:
    assert retry_after(headers, NOW) == expected
