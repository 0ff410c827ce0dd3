"""Which labels are like each other, by meaning and by use.

Pure; suggest_merges and refresh_related_tags are its twins in SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from campaignbase.models import Vector
from campaignbase.models.curation import Kind, MergeSuggestion

SAME_MEANING = 0.8  # cosine from which two labels may be one
OFTEN = 3  # uses together that say anything
ALWAYS = 0.8  # share of their content that two tags have in common from which they may be one
RELATED_MEANING = 0.6  # cosine
RELATED = 0.2  # least score
MOST_RELATED = 8
LEAST_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class Label:
    id: str
    name: str
    uses: int
    vector: Vector | None
    distinct_from: frozenset[str] = frozenset()  # ids
    is_audience: bool = False


Together = Mapping[tuple[str, str], int]  # (lower id, higher id) -> count


def suggest_merges(
    kind: Kind, labels: Sequence[Label], together: Together, limit: int
) -> list[MergeSuggestion]:
    """The likest first."""
    cosines = _cosines(labels)
    place = {label.id: number for number, label in enumerate(labels)}
    alike = np.argwhere(np.triu(np.nan_to_num(cosines, nan=-1.0) >= SAME_MEANING, 1))
    pairs = {tuple(sorted((labels[one].id, labels[other].id))) for one, other in alike}
    for (low_id, high_id), count in together.items():
        if count < OFTEN or low_id not in place or high_id not in place:
            continue
        either = labels[place[low_id]].uses + labels[place[high_id]].uses - count
        if kind == "category" or count >= ALWAYS * either:
            pairs.add((low_id, high_id))
    found = []
    for low_id, high_id in pairs:
        low, high = labels[place[low_id]], labels[place[high_id]]
        if high_id in low.distinct_from or low_id in high.distinct_from:
            continue
        if low.is_audience != high.is_audience:
            continue
        cosine = float(cosines[place[low_id], place[high_id]])
        source, target = (low, high) if low.uses <= high.uses else (high, low)
        found.append(
            MergeSuggestion(
                source.name,
                target.name,
                source.uses,
                target.uses,
                None if np.isnan(cosine) else cosine,
                together.get((low_id, high_id), 0),
            )
        )
    found.sort(key=lambda pair: (-(pair.similarity or 0), -pair.together, pair.source, pair.target))
    return found[:limit]


def related(labels: Sequence[Label], together: Together) -> dict[str, list[str]]:
    """Names of the likest others by id; content has both, or they mean nearly the same."""
    place = {label.id: number for number, label in enumerate(labels)}
    scores: list[dict[int, float]] = [{} for _ in labels]
    cosines = _cosines(labels)
    near = np.argwhere(np.nan_to_num(cosines, nan=-1.0) >= RELATED_MEANING)
    for one, other in near:
        if one != other:
            scores[one][int(other)] = float(cosines[one, other])
    for (low, high), count in together.items():
        if count < LEAST_TOGETHER or low not in place or high not in place:
            continue
        one, other = place[low], place[high]
        score = count / sqrt(max(labels[one].uses, 1) * max(labels[other].uses, 1))
        for here, there in ((one, other), (other, one)):
            scores[here][there] = max(score, scores[here].get(there, 0.0))
    return {
        label.id: [
            labels[other].name
            for other, score in sorted(
                scores[number].items(), key=lambda found: (-found[1], labels[found[0]].name)
            )
            if score >= RELATED
        ][:MOST_RELATED]
        for number, label in enumerate(labels)
    }


def _cosines(labels: Sequence[Label]) -> NDArray[np.float32]:
    """NaN where one of the two has no vector."""
    width = next((len(label.vector) for label in labels if label.vector is not None), 1)
    missing = np.full(width, np.nan, dtype=np.float32)
    matrix = np.array([missing if label.vector is None else label.vector for label in labels])
    if not len(labels):
        return np.empty((0, 0), dtype=np.float32)
    found: NDArray[np.float32] = matrix @ matrix.T
    return found
