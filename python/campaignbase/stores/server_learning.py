"""What a trained head learns from on a server, and where it is kept."""

import numpy as np

from campaignbase.core.vectors import from_pgvector, to_pgvector
from campaignbase.models import DIMENSIONS, Confirmed, TrainedHead
from campaignbase.stores.calls import Calls, Json, Row

PAGE = 500  # vectors, of some 20 kB each as text


class ServerLearning(Calls):
    async def confirmed_count(self, workspace_id: str) -> tuple[int, int]:
        (found,) = await self._rows("confirmed_count", workspace_id=workspace_id)
        return int(found["confirmed"]), int(found["fitted"])

    async def confirmed(self, workspace_id: str) -> Confirmed:
        found: list[Row] = []
        page: list[Row] = []
        while not found or len(page) == PAGE:
            last = str(found[-1]["id"]) if found else None
            page = await self._rows(
                "confirmed_content", workspace_id=workspace_id, after=last, match_count=PAGE
            )
            found += page
            if not page:
                break
        matrix = np.zeros((len(found), DIMENSIONS), dtype=np.float32)
        for place, row in enumerate(found):
            matrix[place] = from_pgvector(row["embedding"])
        return Confirmed(matrix, [str(row["category_id"]) for row in found])

    async def save_head(self, workspace_id: str, head: TrainedHead | None) -> None:
        record = None if head is None else _record(head)
        await self._value("save_head", workspace_id=workspace_id, head=Json(record))


def _record(head: TrainedHead) -> dict[str, object]:
    labels = zip(head.category_ids, head.weights, head.bias, strict=True)
    return {
        "embedding_model": head.embedding_model,
        "train_rows": head.train_rows,
        "threshold": head.threshold,
        "labels": [
            {"category_id": category_id, "weights": to_pgvector(weights), "bias": float(bias)}
            for category_id, weights, bias in labels
        ],
    }
