"""A head from confirmed rows: which labels take part, how good it is on rows it has not seen. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.calibration import (
    TARGET_PRECISION,
    calibration_error,
    hold_out,
    judged,
    label_thresholds,
    temperature,
    threshold,
    thresholds_of_others,
)
from campaignbase.core.head import USUAL, Labels, fit
from campaignbase.core.head_choice import choose_belief
from campaignbase.models import Confirmed, TrainedHead, Vector

MIN_ROWS = 20  # confirmed rows in all
MIN_LABELS = 2  # categories with MIN_ROWS_A_LABEL at least: before that descriptions tell more
MIN_ROWS_A_LABEL = 5  # fewer are few: such a category is known by what its name and description say, or not
MOST_LABELS = (
    300  # a larger vocabulary: those that nobody used yet take no part, for each is scored each time
)


@dataclass(frozen=True, slots=True)
class Missing:
    """What there is too little of; a head can be fitted where `rows` and `labels` are 0."""

    rows: int  # more in all
    labels: int  # more labels with enough rows
    short: tuple[tuple[str, int, int], ...]  # (label, its rows, more until they are not few), nearest first

    @property
    def refuses(self) -> bool:
        return self.rows > 0 or self.labels > 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """A head, and what was said of rows by heads fitted without them."""

    head: TrainedHead
    ids: tuple[str, ...]  # of those rows
    truth: tuple[str, ...]  # category ids
    found: tuple[str, ...]
    applied: tuple[bool, ...]


def missing(counts: Mapping[str, int]) -> Missing:
    """`counts`: rows of every label, also of those without any."""
    short = sorted(
        ((label, rows, MIN_ROWS_A_LABEL - rows) for label, rows in counts.items() if rows < MIN_ROWS_A_LABEL),
        key=lambda one: (one[2], one[0]),
    )
    enough = sum(rows >= MIN_ROWS_A_LABEL for rows in counts.values())
    return Missing(
        rows=max(0, MIN_ROWS - sum(counts.values())), labels=max(0, MIN_LABELS - enough), short=tuple(short)
    )


def fit_head(
    confirmed: Confirmed,
    embedding_model: str,
    names: Mapping[str, str],
    *,
    target_precision: float = TARGET_PRECISION,
    label_vectors: Mapping[str, Vector] | None = None,
) -> Fitted | None:
    """A head over the categories that rows or vectors tell of; None when fewer than two of them have rows.

    A category with few rows that takes no part would be taken for one that does, and nothing measured would
    show it: so all do that have a vector.

    Args:
        names: category id -> name, for people.
        label_vectors: category id -> embedded name and description.
    """
    known = label_vectors or {}
    counts = Counter(confirmed.category_ids)
    least = 0 if len(names) <= MOST_LABELS else 1
    category_ids = sorted(
        key
        for key in names.keys() | counts.keys()
        if counts[key] >= (least if key in known else MIN_ROWS_A_LABEL)
    )
    if sum(counts[key] > 0 for key in category_ids) < MIN_LABELS:
        return None
    place = {name: number for number, name in enumerate(category_ids)}
    # the same text twice under one label says nothing more, and would judge itself when held out
    kept: dict[tuple[bytes, str], int] = {}
    for row, name in enumerate(confirmed.category_ids):
        if name in place:
            kept.setdefault((confirmed.embeddings[row].tobytes(), name), row)
    # an order of their own, so that the same rows give the same head whatever their ids
    rows = [kept[key] for key in sorted(kept)]
    vectors = confirmed.embeddings[rows]
    labels = np.array([place[confirmed.category_ids[row]] for row in rows])
    prior = np.zeros((len(category_ids), vectors.shape[1]), dtype=np.float32)
    for number, key in enumerate(category_ids):
        if key in known:
            prior[number] = known[key]
    # rows that are held out do not tell what the name of a label is worth that has none
    few = any(counts[key] < MIN_ROWS_A_LABEL for key in category_ids)
    belief = USUAL if few else choose_belief(vectors, labels, len(category_ids), prior_vectors=prior)
    weights, bias = fit(vectors, labels, len(category_ids), prior_vectors=prior, belief=belief)

    held = hold_out(vectors, labels, len(category_ids), prior_vectors=prior, belief=belief)
    heat = temperature(held)
    found = judged(held, heat)
    thresholds = label_thresholds(found, len(category_ids), target_precision)
    # told of rows that the thresholds were not chosen on either
    unseen = thresholds_of_others(found, held.fold, len(category_ids), target_precision)
    applied = found.probability >= unseen
    head = TrainedHead(
        embedding_model=embedding_model,
        train_rows=len(confirmed.category_ids),
        threshold=threshold(found, target_precision),
        category_ids=tuple(category_ids),
        weights=(weights / heat).astype(np.float32),
        bias=(bias / heat).astype(np.float32),
        thresholds=thresholds,
        target_precision=target_precision,
        measures={
            "rows": len(held.truth),
            "accuracy": _share(found.right),
            "coverage": _share(applied),
            "precision": _share(found.right[applied]),
            "calibration_error": round(calibration_error(found), 4),
            "temperature": round(heat, 4),
            "labels": _by_label(category_ids, names, held.truth, found.found, applied, thresholds),
        },
    )
    ids = confirmed.ids or [""] * len(confirmed.category_ids)
    alone = judged(held, heat, alone=True)  # as head_predictions answers
    return Fitted(
        head,
        tuple(ids[rows[number]] for number in held.rows),
        tuple(category_ids[number] for number in held.truth),
        tuple(category_ids[number] for number in alone.found),
        tuple(bool(one) for one in alone.probability >= thresholds[alone.found]),
    )


def _by_label(
    category_ids: list[str],
    names: Mapping[str, str],
    truth: Labels,
    found: Labels,
    applied: NDArray[np.bool_],
    thresholds: NDArray[np.float32],
) -> list[dict[str, Any]]:
    told = []
    for number, category_id in enumerate(category_ids):
        own, said = truth == number, found == number
        told.append(
            {
                "category": names.get(category_id, category_id),
                "rows": int(own.sum()),
                "threshold": round(float(thresholds[number]), 4),
                "precision": _share(own[said]),
                "recall": _share(said[own]),
                "coverage": _share(applied[own]),
            }
        )
    return sorted(told, key=lambda one: str(one["category"]))


def _share(flags: NDArray[np.bool_]) -> float | None:
    return round(float(flags.mean()), 4) if len(flags) else None
