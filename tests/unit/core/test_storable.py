from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from campaignbase.core.storable import (
    MOST_LEVELS,
    check_address,
    check_json,
    check_text,
    check_time,
    json_trouble,
)
from campaignbase.errors import InputError


def nested(levels: int) -> Any:
    found: Any = 1
    for _ in range(levels):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": [1, None, True, "é\N{TULIP}", 1.5]}, None),
        ({"a": {"b": "\x00"}}, "p.a.b holds a NUL character; remove it"),
        ({"a\x00": 1}, "p has a name that holds a NUL character; remove it"),
        (
            ["x", "y\udfff"],
            "p.1 holds half a surrogate pair at character 2, which no database stores; remove it",
        ),
        ({"n": float("-inf")}, "p.n is -inf, which is no number of JSON; leave it out"),
        (nested(MOST_LEVELS), None),
        (nested(MOST_LEVELS + 1), "p.0.0.0 is nested deeper than 64 levels; make it flatter"),
        (nested(100_000), "p.0.0.0 is nested deeper than 64 levels; make it flatter"),
    ],
)
def test_json_that_cannot_be_kept_names_its_place(value: Any, told: str | None) -> None:
    if told is None:
        assert json_trouble(value) is None
        return
    with pytest.raises(InputError) as caught:
        check_json("p", value)
    assert str(caught.value) == told


def test_a_text_is_at_most_a_megabyte() -> None:
    check_text("t", "x" * 1_000_000)
    with pytest.raises(InputError, match="t has 1,000,002 bytes, at most 1,000,000 fit; cut it"):
        check_text("t", "é" * 500_001)


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), None),
        (datetime(2026, 1, 1), "has no time zone"),  # noqa: DTZ001 that is the point
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=2))), "after 9999 in UTC"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "before the year 1"),
    ],
)
def test_times_are_of_years_that_python_reads_back(moment: datetime, told: str | None) -> None:
    if told is None:
        check_time("t", moment)
        return
    with pytest.raises(InputError, match=told):
        check_time("t", moment)


@pytest.mark.parametrize(
    ("address", "leads_to_the_web"),
    [
        ("https://example.com/a.png", True),
        ("http://localhost:8000/a", True),
        ("images/a.png", True),
        ("/images/12:30.png", True),
        ("www.example.com", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)//x", False),
        ("java\nscript:a/b", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        (" ", False),
    ],
)
def test_address(address: str, leads_to_the_web: bool) -> None:
    with nullcontext() if leads_to_the_web else pytest.raises(InputError, match="is no web address"):
        check_address("file_url", address)
