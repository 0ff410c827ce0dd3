"""Which belief a head begins with: the one that held-out rows like."""

import numpy as np
import pytest

from campaignbase.core.head import USUAL
from campaignbase.core.head_choice import BELIEFS, choose_belief

WIDTH, CLASSES, ROWS = 32, 6, 8


def scene(seed: int, scatter: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows, labels, the middle of each label); rows of unit length around the middles."""
    random = np.random.default_rng(seed)
    middles = _unit(random.normal(size=(CLASSES, WIDTH)))
    labels = np.repeat(np.arange(CLASSES), ROWS)
    rows = _unit(middles[labels] + scatter * random.normal(size=(len(labels), WIDTH)))
    return rows, labels, middles


@pytest.mark.parametrize("seed", range(5))
def test_names_that_say_where_the_rows_are_are_believed(seed: int) -> None:
    rows, labels, middles = scene(seed, scatter=0.4)
    assert choose_belief(rows, labels, CLASSES, prior_vectors=middles) == USUAL


@pytest.mark.parametrize("seed", range(5))
def test_names_that_mislead_are_not_believed(seed: int) -> None:
    rows, labels, middles = scene(seed, scatter=0.4)
    chosen = choose_belief(rows, labels, CLASSES, prior_vectors=np.roll(middles, 1, axis=0))
    assert chosen.prior_scale == 0


def test_of_equals_the_usual_one() -> None:
    """Two rows, each alone in its category: whatever is held out, nothing tells the beliefs apart."""
    rows = np.eye(2, 4, dtype=np.float32)
    assert choose_belief(rows, np.array([0, 1]), 2) == BELIEFS[0] == USUAL


def _unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
