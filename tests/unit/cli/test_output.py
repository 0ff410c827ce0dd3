"""Hostile texts cannot steer a terminal, and what is piped stays a table for machines."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from rich.console import Console
from rich.text import Text

from campaignbase.cli import output
from campaignbase.models import SearchHit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tand  spaces ", "two lines and spaces"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),  # the escape is gone, the rest is harmless
        ("a\x07b\x9bc", "a b c"),
        ("right\u202eleft", "right left"),  # would turn the line around
        ("zero\u200bwidth", "zero width"),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),  # joins emoji
        ("Köchin, 日本, עברית", "Köchin, 日本, עברית"),
    ],
)
def test_one_line_takes_out_what_could_steer_a_terminal(text: str, shown: str) -> None:
    assert output.one_line(text) == shown


def test_clean_keeps_lines() -> None:
    assert output.clean("a\x1bb \nc") == "a b\nc"


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abcdef", 6, "abcdef"), ("abcdefg", 6, "abcde…"), ("ab cdefg", 4, "ab…"), (None, 3, "")],
)
def test_short_fits(text: str | None, width: int, shown: str) -> None:
    assert output.short(text, width) == shown


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([(200, "asset"), (1, "campaign")], "200 assets and 1 campaign"),
        ([(1, "asset"), (2000, "campaign")], "1 asset and 2,000 campaigns"),
        ([(0, "asset"), (2, "campaign")], "2 campaigns"),
        ([(1, "asset"), (0, "campaign")], "1 asset"),
        ([(0, "asset"), (0, "campaign")], "0 assets"),
    ],
)
def test_counted_names_what_there_is(parts: list[tuple[int, str]], told: str) -> None:
    assert output.counted(*parts) == told


@pytest.mark.parametrize(("count", "said"), [(0, "wait"), (1, "waits"), (2, "wait")])
def test_verb_agrees_with_the_count(count: int, said: str) -> None:
    assert output.verb(count, "waits", "wait") == said


def test_piped_table_has_a_header_tabs_and_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("id", "text", "tags"), [("1", "a\tb\nc", ("x", "y")), (None, Text("[bold]d"), 0.5)])
    assert capsys.readouterr().out == "id\ttext\ttags\n1\ta b c\tx, y\n\t[bold]d\t0.500\n"


def test_emit_knows_what_travels(capsys: pytest.CaptureFixture[str]) -> None:
    hit = SearchHit("1", "é", None, ("a",), 0.5)
    value = {
        "hit": hit,
        "cost": Decimal("0.10"),
        "at": datetime(2026, 1, 2, tzinfo=UTC),
        "n": np.float32(0.5),
    }
    output.emit(value)
    out = capsys.readouterr().out
    assert "é" in out
    assert json.loads(out) == {
        "hit": {"id": "1", "text": "é", "primary_category": None, "tags": ["a"], "similarity": 0.5},
        "cost": "0.10",
        "at": "2026-01-02T00:00:00+00:00",
        "n": 0.5,
    }


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("labeling", 3) as bar:
        bar(1)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


@pytest.mark.parametrize(
    ("width", "shown", "told"),
    [
        (
            60,
            [
                "label                        never corrected  drift",
                "a label of some length here  94.1%            0.24",
            ],
            "",
        ),
        # heads in several lines, then the widest gives way
        (
            34,
            [
                "                  never",
                "label             corrected  drift",
                "a label of some…  94.1%      0.24",
            ],
            "",
        ),
        (
            26,
            ["                 never", "label            corrected", "a label of som…  94.1%"],
            "no room for drift: widen the terminal, or ask for --json\n",
        ),
    ],
)
def test_no_column_goes_unsaid_where_the_terminal_is_narrow(
    width: int,
    shown: list[str],
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    monkeypatch.setattr(output, "console", lambda: Console(width=width, color_system=None))
    output.table(("label", "never corrected", "drift"), [("a label of some length here", "94.1%", "0.24")])
    seen = capsys.readouterr()
    assert [line.rstrip() for line in seen.out.splitlines()] == shown
    assert seen.err == told
