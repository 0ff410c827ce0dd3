"""Backfills and what waits with providers as plain data, whoever read them."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from campaignbase.core.vectors import to_pgvector
from campaignbase.models.backfills import (
    Backfill,
    BackfillRows,
    ModelBatch,
    NewBackfill,
    SpareText,
    SpareTexts,
    SpareVector,
)
from campaignbase.stores import rows

COLUMNS = (
    "id", "workspace_id", "kind", "state", "selection", "batched", "switches", "embedding_model",
    "previous_model", "total", "scanned", "taken", "done", "changed", "failed", "cost", "seconds",
    "run_at", "last_error", "created_at", "updated_at", "finished_at",
)  # fmt: skip
BATCH_COLUMNS = (
    "id", "workspace_id", "backfill_id", "model", "ticket", "hashes", "reservation_id", "look_at"
)  # fmt: skip
NEVER = 2999  # the year from which on a time is none


def backfill(row: rows.Row) -> Backfill:
    run_at = rows.time(row["run_at"])
    return Backfill(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        kind=row["kind"],
        state=row["state"],
        selection=_json(row["selection"]),
        batched=bool(row["batched"]),
        switches=bool(row["switches"]),
        embedding_model=row["embedding_model"],
        previous_model=row["previous_model"],
        total=int(row["total"]),
        scanned=int(row["scanned"]),
        taken=int(row["taken"]),
        done=int(row["done"]),
        changed=int(row["changed"]),
        failed=int(row["failed"]),
        cost=Decimal(str(row["cost"])).quantize(Decimal("0.000001")),
        seconds=float(row["seconds"]),
        run_at=None if run_at.year >= NEVER else run_at,
        last_error=row["last_error"],
        created_at=rows.time(row["created_at"]),
        updated_at=rows.time(row["updated_at"]),
        finished_at=rows.maybe_time(row["finished_at"]),
    )


def model_batch(row: rows.Row) -> ModelBatch:
    return ModelBatch(
        id=str(row["id"]),
        workspace_id=str(row["workspace_id"]),
        backfill_id=str(row["backfill_id"]),
        model=row["model"],
        ticket=_json(row["ticket"]),
        hashes=_json(row["hashes"]),
        reservation_id=None if row["reservation_id"] is None else str(row["reservation_id"]),
        look_at=rows.time(row["look_at"]),
    )


def new_backfill(new: NewBackfill) -> dict[str, Any]:
    return {
        "kind": new.kind,
        "selection": dict(new.selection),
        "model": new.embedding_model,
        "batched": new.batched,
        "switches": new.switches,
    }


def backfill_rows(answer: rows.Row) -> BackfillRows:
    jobs = tuple(map(rows.job, answer["jobs"]))
    return BackfillRows(answer["place"], int(answer.get("scanned") or 0), jobs)


def spare_texts(answer: rows.Row) -> SpareTexts:
    texts = [
        SpareText(text["kind"], text["target_id"], text["content_hash"], text["target_text"])
        for text in answer["texts"]
    ]
    return SpareTexts(answer["state"], answer["place"], tuple(texts))


def spare_vectors(vectors: Sequence[SpareVector]) -> list[dict[str, Any]]:
    return [
        {
            "kind": vector.kind,
            "target_id": vector.target_id,
            "content_hash": vector.content_hash,
            "embedding": None if vector.embedding is None else to_pgvector(vector.embedding),
        }
        for vector in vectors
    ]


def _json(value: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
