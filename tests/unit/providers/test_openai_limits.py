"""The cuts both sides agree on, and that no text of a reader's is lost by them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbase.providers.openai_limits import calls, mean, pieces

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "fixtures" / "embedding_pieces.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["pieces"], ids=lambda case: case["name"])
def test_pieces_cuts_where_both_sides_agreed(case: dict[str, Any]) -> None:
    assert pieces(case["text"], case["size"]) == case["pieces"]


@pytest.mark.parametrize("case", CASES["calls"], ids=lambda case: case["name"])
def test_calls_groups_as_both_sides_agreed(case: dict[str, Any]) -> None:
    assert calls(case["texts"], case["size"], case["count"]) == case["calls"]


@given(st.text(), st.integers(4, 40))
def test_pieces_together_are_the_text(text: str, size: int) -> None:
    found = pieces(text, size)
    assert "".join(found) == text.encode("utf-8", "replace").decode()
    assert all(0 < len(piece.encode()) <= size for piece in found)


def test_mean_weighs_pieces_by_their_bytes() -> None:
    x, y = np.eye(2, dtype=np.float32)
    assert mean(["any"], [x]) is x
    assert mean(["333", "é44"], [x, y]) == pytest.approx([0.6, 0.8])  # 3 and 4 bytes: 3, 4, 5
    assert mean(["a", "b"], [x, -x]) == pytest.approx([0, 0])  # nothing is left: no direction
