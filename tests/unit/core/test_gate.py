"""What is new goes live only if it loses no more than the margin, told label by label."""

import pytest

from campaignbase.core.gate import Answer, LabelChange, compare, not_below, unmeasured

NAMES = {"o": "offer", "e": "event"}
TRUTH = ["o"] * 6 + ["e"] * 4


def said(*right: int, wrong_alone: int = 0, alone: bool = True) -> list[Answer]:
    """Right on the first so many of each label; the others say nothing, or are wrong and sure."""
    answers = []
    for label, count, rows in zip("oe", right, (6, 4), strict=True):
        answers += [Answer(label, alone)] * count + [Answer(None, False)] * (rows - count)
    for place in range(len(answers) - 1, -1, -1):
        if wrong_alone and answers[place].category_id is None:
            answers[place], wrong_alone = Answer("x", True), wrong_alone - 1
    return answers


@pytest.mark.parametrize(
    ("before", "after", "margin", "passed"),
    [
        (said(5, 3), said(5, 3), 0.0, True),  # 0.8 and 0.8
        (said(5, 3), said(5, 2), 0.1, True),  # 0.1 less is what may be lost
        (said(5, 3), said(5, 2), 0.09, False),
        (said(5, 3), said(6, 2), 0.0, True),  # label by label it loses, as a whole it does not
        (None, said(0, 0), 0.0, True),  # nothing decided before
    ],
)
def test_it_may_lose_no_more_than_the_margin(before, after, margin: float, passed: bool) -> None:
    assert compare("golden", TRUTH, NAMES, before, after, margin).passed is passed


def test_labels_that_lose_most_come_first() -> None:
    found = compare("golden", TRUTH, NAMES, said(5, 3), said(6, 1), 0.02)
    assert found.labels == (LabelChange("event", 4, 3, 1), LabelChange("offer", 6, 5, 6))
    assert (found.before, found.after, found.passed) == (0.8, 0.7, False)
    assert found.told == "golden set: 10 rows, 0.800 -> 0.700 right; right: loses 0.100, and 0.020 is allowed"


def test_what_is_decided_alone_may_not_become_wrong_instead() -> None:
    truth = TRUTH * 5
    before = said(4, 2) * 5  # 30 of 50 decided alone, all of them right
    after = said(4, 2, wrong_alone=2) * 5  # as many right, and ten more decided alone and wrong
    found = compare("golden", truth, NAMES, before, after, 0.02)
    assert (found.precision_before, found.precision_after) == (1.0, 0.75)
    assert (found.applied_before, found.applied_after) == (0.6, 0.8)
    assert not found.passed
    assert "right of those decided alone: loses 0.250" in found.told
    # of few rows it says nothing
    assert compare("golden", TRUTH, NAMES, said(4, 2), said(4, 2, wrong_alone=2), 0.02).passed


@pytest.mark.parametrize(
    ("before", "after", "passed"), [(None, 0.5, True), (0.9, 0.89, True), (0.9, 0.87, False)]
)
def test_without_rows_for_both_what_each_reached_decides(before, after: float, passed: bool) -> None:
    found = unmeasured("none" if before is None else "cross_validation", before, after, 0.02)
    assert (found.passed, found.rows, found.labels) == (passed, 0, ())
    assert "cross-validation alone" in found.told


def test_the_json_of_it_is_plain() -> None:
    told = compare("fresh", TRUTH, NAMES, said(5, 3), said(5, 3)).as_json()
    assert told["basis"] == "fresh"
    assert told["labels"][0] == {"category": "event", "rows": 4, "before": 3, "after": 3}


def test_it_is_held_to_what_cannot_be_asked_beside_it() -> None:
    found = compare("golden", TRUTH, NAMES, said(0, 0), said(5, 3), 0.02)  # 0.8
    assert not_below(found, 0.82, "who was there") == found
    held = not_below(found, 0.9, "who was there")
    assert (held.passed, held.after) == (False, 0.8)
    assert held.told.endswith("; right, who was there was 0.900: loses 0.100, and 0.020 is allowed")
