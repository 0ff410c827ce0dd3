"""Fit a workspace's trained head on the rows people filed, once there are enough, and enough new ones."""

import asyncio
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.head import fit, held_out_predictions
from campaignbase.models import Confirmed, TrainedHead
from campaignbase.ports import Store

MIN_ROWS = 40  # confirmed rows in all
MIN_LABELS = 2  # categories with at least ...
MIN_ROWS_A_LABEL = 5  # ... this many rows each; others take no part
REFIT_GROWTH = 1.2  # fit again when there are this many times the rows of the last fit
TARGET_PRECISION = 0.95  # of what the head decides alone, measured on rows held out
MAX_CROSS_VALIDATED = 4000  # rows; more add time, not certainty
HIGHEST_THRESHOLD = 0.99


class Learner:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def learn_all(self) -> int:
        """Every workspace whose confirmed rows grew enough; how many heads were fitted."""
        fitted = 0
        for workspace in await self._store.workspaces():
            if workspace.embedding_model is not None:
                fitted += await self.learn(workspace.id, workspace.embedding_model)
        return fitted

    async def learn(self, workspace_id: str, embedding_model: str) -> bool:
        """True when a head was fitted and stored."""
        rows, fitted_on = await self._store.confirmed_count(workspace_id)
        if rows < MIN_ROWS or rows < fitted_on * REFIT_GROWTH:
            return False
        confirmed = await self._store.confirmed(workspace_id)
        head = await asyncio.to_thread(fit_head, confirmed, embedding_model)
        if head is None:
            return False
        await self._store.save_head(workspace_id, head)
        return True


def fit_head(confirmed: Confirmed, embedding_model: str) -> TrainedHead | None:
    """A head over the categories with enough rows; None when there are too few of them."""
    counts = Counter(confirmed.category_ids)
    category_ids = sorted(name for name, count in counts.items() if count >= MIN_ROWS_A_LABEL)
    if len(category_ids) < MIN_LABELS:
        return None
    place = {name: number for number, name in enumerate(category_ids)}
    kept = [row for row, name in enumerate(confirmed.category_ids) if name in place]
    # an order of their own, so that the same rows give the same head whatever their ids
    kept.sort(key=lambda row: confirmed.embeddings[row].tobytes())
    vectors = confirmed.embeddings[kept]
    labels = np.array([place[confirmed.category_ids[row]] for row in kept])
    weights, bias = fit(vectors, labels, len(category_ids))
    return TrainedHead(
        embedding_model=embedding_model,
        train_rows=len(confirmed.category_ids),
        threshold=auto_apply_threshold(vectors, labels, len(category_ids)),
        category_ids=tuple(category_ids),
        weights=weights,
        bias=bias,
    )


def auto_apply_threshold(
    vectors: NDArray[np.float32],
    labels: NDArray[np.int64],
    classes: int,
    label_vectors: NDArray[np.float32] | None = None,
) -> float:
    """The lowest probability from which on held-out rows are right often enough; 0..HIGHEST_THRESHOLD."""
    if len(labels) > MAX_CROSS_VALIDATED:
        step = len(labels) / MAX_CROSS_VALIDATED
        chosen = (np.arange(MAX_CROSS_VALIDATED) * step).astype(np.int64)
        vectors, labels = vectors[chosen], labels[chosen]
    probabilities, right = held_out_predictions(vectors, labels, classes, prior_vectors=label_vectors)
    order = np.argsort(-probabilities, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(precision >= TARGET_PRECISION)
    if not good.size:
        return HIGHEST_THRESHOLD
    return float(min(HIGHEST_THRESHOLD, probabilities[order][good[-1]]))
