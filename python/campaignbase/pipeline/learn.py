"""Fit a workspace's trained head on the rows people filed, and let it go live if it passes the gate."""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.calibration import TARGET_PRECISION
from campaignbase.core.gate import MARGIN, Answer, Comparison, compare, unmeasured
from campaignbase.core.golden import known_later, unseen
from campaignbase.core.head import predict
from campaignbase.core.head_fitting import (
    MIN_ROWS,
    Fitted,
    Missing,
    fit_head,
    missing,
)
from campaignbase.errors import InputError
from campaignbase.models import Confirmed, TrainedHead
from campaignbase.models.learning import Golden, HeadVersion, LearningState
from campaignbase.ports import Store

REFIT_GROWTH = 1.2  # fit again when there are this many times the rows of the last fit
REFIT_CORRECTIONS = 20  # ... or so many corrections since, and this share of the rows of the last fit
REFIT_CORRECTED_SHARE = 0.02
ENOUGH_FRESH = 20  # rows filed since the version before; fewer do not compare two heads

_logger = logging.getLogger("campaignbase")


@dataclass(frozen=True, slots=True)
class Trained:
    version: int
    live: bool
    head: TrainedHead
    comparison: Comparison
    missing: Missing  # labels that took no part


class Learner:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def learn_all(self) -> int:
        """Every workspace with enough that is new; how many heads went live."""
        fitted = 0
        for workspace in await self._store.workspaces():
            if workspace.embedding_model is not None:
                fitted += await self.learn(workspace.id, workspace.embedding_model)
        return fitted

    async def learn(self, workspace_id: str, embedding_model: str) -> bool:
        """True when a head was fitted and went live."""
        state = await self._store.learning_state(workspace_id)
        if not is_due(state):
            return False
        try:
            trained = await self.train(workspace_id, embedding_model, origin="automatic")
        except InputError as error:  # a golden set that contradicts itself: the head that is there stays
            _logger.warning("no new head was fitted: %s", error)
            return False
        if isinstance(trained, Missing):
            return False
        if not trained.live:
            _logger.warning(
                "version %d of the trained head does not go live: %s",
                trained.version,
                trained.comparison.told,
            )
        return trained.live

    async def train(
        self,
        workspace_id: str,
        embedding_model: str,
        *,
        origin: Literal["person", "automatic"] = "person",
        target_precision: float | None = None,
        margin: float | None = None,
        activate: bool = True,
    ) -> Trained | Missing:
        """A new version, live if `activate` and it passes the gate; Missing: too little to learn from.

        Args:
            target_precision, margin: None: those of the version before.
        Raises:
            InputError: golden rows contradict each other.
        """
        names = {category.id: category.name for category in await self._store.categories(workspace_id)}
        confirmed = await self._store.confirmed(workspace_id)
        rows = Counter(confirmed.category_ids)
        lacking = missing({names[key]: rows[key] for key in names})
        if lacking.refuses:
            return lacking
        versions = await self._store.heads(workspace_id)
        last = versions[0] if versions else None
        target = target_precision or (last.target_precision if last else TARGET_PRECISION)
        allowed = margin if margin is not None else (last.margin if last else MARGIN)
        golden = await self._store.golden(workspace_id)
        fitted = await asyncio.to_thread(
            fit_head,
            confirmed,
            embedding_model,
            names,
            target_precision=round(target, 4),
            label_vectors=await self._store.label_vectors(workspace_id, embedding_model),
        )
        if fitted is None:
            return lacking
        active = next(
            (one for one in versions if one.active and one.embedding_model == embedding_model), None
        )
        comparison = await self._compared(workspace_id, fitted, confirmed, golden, active, names, allowed)
        if active is not None and (known := len(golden) - len(unseen(golden, active))):
            told = f"{comparison.told}; version {active.version} learned from {known} golden rows: not asked"
            comparison = replace(comparison, told=told)
        head = replace(
            fitted.head,
            origin=origin,
            margin=round(allowed, 4),
            measures={**fitted.head.measures, "golden": known_later(golden)},
            comparison=comparison.as_json(),
        )
        live = activate and comparison.passed
        version = await self._store.save_head(workspace_id, head, activate=live)
        return Trained(version, live, head, comparison, lacking)

    async def compare_versions(
        self, workspace_id: str, before: HeadVersion | None, after: HeadVersion, margin: float
    ) -> Comparison | None:
        """Two versions on the golden rows that neither has seen; None where there are none for them."""
        golden = await self._store.golden(workspace_id)
        rows = [row for row in golden if row.embedding_model == after.embedding_model]
        rows = unseen(rows, after)
        if before is not None:
            rows = unseen(rows, before)
        if not rows:
            return None
        names = {category.id: category.name for category in await self._store.categories(workspace_id)}
        now = await self._answers(workspace_id, after.version, [row.id for row in rows])
        was = None
        if before is not None and before.embedding_model == after.embedding_model:
            was = await self._answers(workspace_id, before.version, [row.id for row in rows])
        return compare("golden", [row.category_id for row in rows], names, was, now, margin)

    async def _compared(
        self,
        workspace_id: str,
        fitted: Fitted,
        confirmed: Confirmed,
        golden: Sequence[Golden],
        active: HeadVersion | None,
        names: Mapping[str, str],
        margin: float,
    ) -> Comparison:
        measured = [
            row
            for row in golden
            if row.embedding is not None and row.embedding_model == fitted.head.embedding_model
        ]
        if active is not None:
            # what it learned from it knows by heart, and no new version could keep up
            fair = unseen(measured, active)
            measured = fair if len(fair) >= min(ENOUGH_FRESH, len(measured)) else []
        if measured:
            vectors = np.array([row.embedding for row in measured], dtype=np.float32)
            before = None
            if active is not None:
                before = await self._answers(workspace_id, active.version, [row.id for row in measured])
            truth = [row.category_id for row in measured]
            return compare("golden", truth, names, before, head_answers(fitted.head, vectors), margin)
        own = float(fitted.head.measures["accuracy"] or 0.0)
        if active is None:
            return unmeasured("none", None, own, margin)
        filed_at = dict(zip(confirmed.ids, confirmed.confirmed_at, strict=True))
        fresh = [place for place, key in enumerate(fitted.ids) if filed_at[key] > active.created_at]
        if len(fresh) < ENOUGH_FRESH:
            return unmeasured("cross_validation", active.measures.get("accuracy"), own, margin)
        # neither has seen them: the one before was fitted earlier, the new one is asked with them held out
        before = await self._answers(workspace_id, active.version, [fitted.ids[place] for place in fresh])
        after = [Answer(fitted.found[place], fitted.applied[place]) for place in fresh]
        return compare("fresh", [fitted.truth[place] for place in fresh], names, before, after, margin)

    async def _answers(self, workspace_id: str, version: int, ids: Sequence[str]) -> list[Answer]:
        found = await self._store.head_predictions(workspace_id, version, ids)
        by_id = {one.id: Answer(one.category_id, one.score >= one.threshold) for one in found}
        return [by_id.get(key, Answer(None, False)) for key in ids]


def is_due(state: LearningState) -> bool:
    """Is there enough that is new since the newest version was fitted?"""
    if state.confirmed < MIN_ROWS:
        return False
    corrected = max(REFIT_CORRECTIONS, REFIT_CORRECTED_SHARE * state.fitted)
    return state.confirmed >= state.fitted * REFIT_GROWTH or state.corrected >= corrected or state.lost > 0


def head_answers(head: TrainedHead, vectors: NDArray[np.float32]) -> list[Answer]:
    chances = predict(head.weights, head.bias, vectors)
    best = chances.argmax(axis=1)
    thresholds = [head.threshold] * len(head.category_ids) if head.thresholds is None else head.thresholds
    return [
        Answer(head.category_ids[place], bool(line[place] >= thresholds[place]))
        for line, place in zip(chances, best, strict=True)
    ]
