import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from campaignbase.cli.accuracy_html import page
from campaignbase.cli.accuracy_text import BAR, bar
from campaignbase.core.accuracy import live_accuracy
from campaignbase.models.measuring import Band, Confused, Decided, Measured

MONDAY = date(2026, 11, 2)
EVIL = "<script>alert('x')</script>\"&"


def report(label="offer", weeks=3):
    decisions = tuple(
        Decided(MONDAY + timedelta(weeks=week), "category", source, name, 20, judged, judged, 1, 1, 1, 0.8)
        for week in range(weeks)
        for source, name, judged in (("trained", label, 5 * week), (None, None, 0))
    )
    confusion = (Confused(MONDAY, "category", "trained", label, "event", 2),)
    bands = (Band(MONDAY, "category", "trained", 80, 10, 9, 0.85),)
    return live_accuracy(Measured(decisions, confusion, bands, 0), "category", MONDAY)


def pictures(html):
    return [ElementTree.fromstring(found) for found in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def test_page_is_one_file_with_pictures_and_no_script():
    html = page(report(), "default")
    titles = [picture[0].text for picture in pictures(html)]
    assert titles == [
        "Shares by week",
        "Who decided, by week",
        "Scores beside the share that was right",
        "What machines said, down, and people, across",
    ]
    assert not re.search(r"<script|src=|href=|@import|url\(", html)


def test_names_are_text_and_nothing_else():
    html = page(report(EVIL), EVIL)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3  # title, table, picture
    assert len(pictures(html)) == 4


def test_a_week_in_which_nobody_judged_leaves_a_gap():
    [lines, *_] = pictures(page(report(weeks=3), "default"))
    drawn = [element for element in lines if element.tag.endswith("polyline")]
    assert [len(element.get("points").split()) for element in drawn] == [3, 3, 2]


@pytest.mark.parametrize("weeks", [0, 1, 60])
def test_any_number_of_weeks_can_be_drawn(weeks):
    html = page(report(weeks=weeks), "default")
    assert ("No machine decided" in html) == (weeks == 0)
    for picture in pictures(html):
        for element in picture.iter():
            for name in ("x", "y", "cx", "cy", "width", "height"):
                assert float(element.get(name, 0)) >= 0


@pytest.mark.parametrize(
    ("share", "drawn"), [(0.0, ""), (1.0, "█" * BAR), (0.5, "█" * 8), (0.53125, "█" * 8 + "▌")]
)
def test_bar(share, drawn):
    assert bar(share) == drawn.ljust(BAR, "·")
