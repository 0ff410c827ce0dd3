"""What teaches most is looked at first."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from campaignbase.core.review import teaching_order
from campaignbase.models.learning import ReviewRow

THEN = datetime(2026, 1, 1, tzinfo=UTC)
ENOUGH = {"offer": 5, "event": 5}


def row(name: str, score: float | None, axis: Sequence[float] | None, candidate: str | None = "offer"):
    vector = None if axis is None else np.array(axis, dtype=np.float32)
    return ReviewRow(name, name, candidate, score, (), THEN, vector, None)


X, Y, Z = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@pytest.mark.parametrize(
    ("rows", "examples", "order"),
    [
        # the less sure, the sooner
        ([row("a", 0.8, X), row("b", 0.2, Y), row("c", 0.5, Z)], ENOUGH, "bca"),
        # one like two others teaches more than a lonely one that is a little less sure
        ([row("a", 0.4, X), row("b", 0.5, Y), row("c", 0.5, Y), row("d", 0.5, Y)], ENOUGH, "bacd"),
        # a label that is short of examples: 0.5 x (1 + 1 - 1/5) = 0.9 against 0.8
        ([row("a", 0.2, X, "event"), row("b", 0.5, Y, "offer")], {"offer": 1, "event": 5}, "ba"),
        # without any candidate nobody is sure at all
        ([row("a", 0.3, X), row("b", None, Y, None)], ENOUGH, "ba"),
        # of equal ones the one that waits longer; without a vector nothing is like it
        ([row("a", 0.5, None), row("b", 0.5, None)], ENOUGH, "ab"),
    ],
)
def test_teaching_order(rows, examples, order: str) -> None:
    assert "".join(found.id for found, _ in teaching_order(rows, examples, 10)) == order


def test_what_is_shown_already_teaches_less_of_its_like() -> None:
    rows = [row("a", 0.5, Y), row("b", 0.5, Y), row("c", 0.5, Y)]
    crowd = 0.5 * (1 + np.log(3))  # two are like it
    assert [worth for _, worth in teaching_order(rows, ENOUGH, 2)] == pytest.approx([crowd, 0.3 * crowd])
    assert teaching_order([], ENOUGH, 2) == []
