"""What a trained head learns from on a server, where it is kept, and what it is measured with."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from campaignbase.core.golden import check_golden
from campaignbase.core.vectors import from_pgvector, to_pgvector
from campaignbase.models import DIMENSIONS, Confirmed, TrainedHead, Vector
from campaignbase.models.learning import (
    Golden,
    HeadVersion,
    Judgement,
    LearningState,
    Prediction,
    ReviewRow,
)
from campaignbase.stores import learning_rows as read
from campaignbase.stores.calls import Calls, Json, Row
from campaignbase.stores.rows import time

PAGE = 500  # vectors, of some 20 kB each as text
MOST_VERSIONS = 500


class ServerLearning(Calls):
    async def corrections(self, workspace_id: str, limit: int = 100) -> list[Judgement]:
        found = await self._newest("corrections", read.CORRECTION, {"workspace_id": workspace_id}, limit)
        return [read.judgement(row) for row in found]

    async def learning_state(self, workspace_id: str) -> LearningState:
        (found,) = await self._rows("confirmed_count", workspace_id=workspace_id)
        return LearningState(
            int(found["confirmed"]), int(found["fitted"]), int(found["corrected"]), int(found["lost"])
        )

    async def confirmed(self, workspace_id: str) -> Confirmed:
        found = await self._pages("confirmed_content", workspace_id)
        matrix = np.zeros((len(found), DIMENSIONS), dtype=np.float32)
        for place, row in enumerate(found):
            matrix[place] = from_pgvector(row["embedding"])
        return Confirmed(
            matrix,
            [str(row["category_id"]) for row in found],
            [str(row["id"]) for row in found],
            [time(row["confirmed_at"]) for row in found],
        )

    async def label_vectors(self, workspace_id: str, embedding_model: str) -> dict[str, Vector]:
        where = {"workspace_id": workspace_id, "embedding_model": embedding_model}
        found = await self._all("categories", ("id", "embedding"), where)
        return {
            str(row["id"]): from_pgvector(row["embedding"]) for row in found if row["embedding"] is not None
        }

    async def save_head(self, workspace_id: str, head: TrainedHead, *, activate: bool = True) -> int:
        record = Json(_record(head))
        return int(await self._value("save_head", workspace_id=workspace_id, head=record, activate=activate))

    async def heads(self, workspace_id: str) -> list[HeadVersion]:
        columns = (*read.HEAD, "id")
        found = await self._newest("trained_heads", columns, {"workspace_id": workspace_id}, MOST_VERSIONS)
        return sorted((read.head_version(row) for row in found), key=lambda one: -one.version)

    async def activate_head(self, workspace_id: str, version: int | None) -> None:
        await self._value("activate_head", workspace_id=workspace_id, version=version)

    async def head_predictions(
        self, workspace_id: str, version: int, target_ids: Sequence[str]
    ) -> list[Prediction]:
        found: list[Prediction] = []
        for start in range(0, len(target_ids), PAGE):
            wanted = list(target_ids[start : start + PAGE])
            page = await self._rows(
                "head_predictions", workspace_id=workspace_id, version=version, target_ids=wanted
            )
            found += [
                Prediction(
                    str(row["id"]), str(row["category_id"]), float(row["score"]), float(row["threshold"])
                )
                for row in page
            ]
        return sorted(found, key=lambda one: one.id)

    async def golden(self, workspace_id: str) -> list[Golden]:
        found = [
            Golden(
                str(row["id"]),
                str(row["category_id"]),
                row["category"],
                row["text"],
                row["content_hash"],
                None if row["embedding"] is None else from_pgvector(row["embedding"]),
                row["embedding_model"],
                time(row["confirmed_at"]),
            )
            for row in await self._pages("golden_content", workspace_id)
        ]
        check_golden([(row.id, row.category, row.text) for row in found])
        return found

    async def set_golden(self, target_ids: Sequence[str], golden: bool) -> int:
        return int(await self._value("set_golden", target_ids=list(target_ids), golden=golden))

    async def review_rows(self, workspace_id: str, limit: int = 400) -> list[ReviewRow]:
        found = await self._rows("review_rows", workspace_id=workspace_id, match_count=limit)
        return [
            ReviewRow(
                str(row["id"]),
                row["text"],
                row["candidate"],
                None if row["score"] is None else float(row["score"]),
                tuple(row["reasons"]),
                time(row["waiting_since"]),
                None if row["embedding"] is None else from_pgvector(row["embedding"]),
                row["content_hash"],
            )
            for row in found
        ]

    async def _pages(self, function: str, workspace_id: str) -> list[Row]:
        found: list[Row] = []
        while True:
            last = str(found[-1]["id"]) if found else None
            page = await self._rows(function, workspace_id=workspace_id, after=last, match_count=PAGE)
            found += page
            if len(page) < PAGE:
                return found


def _record(head: TrainedHead) -> dict[str, Any]:
    thresholds = [None] * len(head.category_ids) if head.thresholds is None else head.thresholds.tolist()
    labels = zip(head.category_ids, head.weights, head.bias, thresholds, strict=True)
    return {
        "embedding_model": head.embedding_model,
        "train_rows": head.train_rows,
        "threshold": head.threshold,
        "target_precision": head.target_precision,
        "margin": head.margin,
        "origin": head.origin,
        "measures": dict(head.measures),
        "comparison": None if head.comparison is None else dict(head.comparison),
        "labels": [
            {
                "category_id": category_id,
                "weights": to_pgvector(weights),
                "bias": float(bias),
                "threshold": threshold,
            }
            for category_id, weights, bias, threshold in labels
        ],
    }
