"""In which order a person should look at what nobody was sure about: what teaches most first.

Pure. A row comes early when nobody was sure of it by far, when many rows that wait are like it, and when the
label that came nearest has few examples. Rows like one that is shown already come later: they will be known.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.head_fitting import MIN_ROWS_A_LABEL
from campaignbase.models.learning import ReviewRow

ALIKE = 0.6  # cosine; as neighbors begin to vote
KNOWN_SHARE = 0.7  # of what a row would teach, once a row like it was shown


def teaching_order(
    rows: Sequence[ReviewRow], examples: Mapping[str, int], count: int
) -> list[tuple[ReviewRow, float]]:
    """The first `count` rows with what each would teach, most first.

    Args:
        examples: confirmed rows of each category, by name; one that is not there has none.
    """
    if not rows:
        return []
    similar = _alike(rows)
    crowds = similar.sum(axis=1)
    worth = np.array(
        [
            _uncertainty(row) * (1 + np.log1p(crowd)) * (1 + _shortage(row, examples))
            for row, crowd in zip(rows, crowds, strict=True)
        ]
    )
    found: list[tuple[ReviewRow, float]] = []
    left = np.ones(len(rows), dtype=bool)
    while left.any() and len(found) < count:
        # of equal ones the one that waits longer, which stands first
        best = int(np.argmax(np.where(left, worth, -1.0)))
        found.append((rows[best], float(worth[best])))
        left[best] = False
        worth[similar[best]] *= 1 - KNOWN_SHARE
    return found


def _alike(rows: Sequence[ReviewRow]) -> NDArray[np.bool_]:
    """(rows, rows): which are like which, none like itself."""
    width = next((row.embedding.shape[0] for row in rows if row.embedding is not None), 1)
    vectors = np.zeros((len(rows), width), dtype=np.float32)
    for place, row in enumerate(rows):
        if row.embedding is not None:
            vectors[place] = row.embedding
    similar = vectors @ vectors.T >= ALIKE
    np.fill_diagonal(similar, False)
    return similar


def _uncertainty(row: ReviewRow) -> float:
    """0..1; without any candidate 1."""
    return 1.0 if row.candidate is None or row.score is None else 1.0 - row.score


def _shortage(row: ReviewRow, examples: Mapping[str, int]) -> float:
    """0..1: 1 where the label that came nearest has no example yet, 0 where it has enough to be learned."""
    if row.candidate is None:
        return 0.0
    return max(0.0, 1 - examples.get(row.candidate, 0) / MIN_ROWS_A_LABEL)
