"""Backfills in a SQLite file, and what waits with providers."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from campaignbase.models.backfills import (
    Backfill,
    BackfillRows,
    ModelBatch,
    NewBackfill,
    SpareTexts,
    SpareVector,
    Switched,
)
from campaignbase.stores import backfill_rows as read
from campaignbase.stores import sqlite_backfill_account, sqlite_backfills, sqlite_spare_vectors
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import stamp, to_json


class SqliteBackfills(SqliteFile):
    """`campaignbase.ports.backfills.Backfills`."""

    async def start_backfill(self, workspace_id: str, new: NewBackfill) -> str:
        return await self._run(sqlite_backfills.start_backfill, workspace_id, new)

    async def backfills(self, workspace_id: str | None = None) -> list[Backfill]:
        return await self._run(sqlite_backfills.backfills, workspace_id)

    async def stop_backfill(self, backfill_id: str, state: Literal["paused", "running", "canceled"]) -> bool:
        return await self._run(sqlite_backfills.stop_backfill, backfill_id, state)

    async def preview_backfill(
        self, workspace_id: str, selection: Mapping[str, Any], place: str = "", batch: int = 50
    ) -> BackfillRows:
        return await self._run(sqlite_backfills.preview_backfill, workspace_id, selection, place, batch)

    async def claim_backfill(
        self,
        backfill_id: str,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        targets: Sequence[str] | None = None,
    ) -> BackfillRows | None:
        return await self._run(
            sqlite_backfills.claim_backfill, backfill_id, worker, batch, lease_seconds, targets
        )

    async def report_backfill(
        self,
        backfill_id: str,
        *,
        failed: int = 0,
        cost: Decimal = Decimal(0),
        wait_seconds: float | None = None,
        error: str | None = None,
    ) -> None:
        await self._run(
            sqlite_backfill_account.report_backfill, backfill_id, failed, cost, wait_seconds, error
        )

    async def claim_vectors(self, backfill_id: str, batch: int = 100) -> SpareTexts | None:
        return await self._run(sqlite_spare_vectors.claim_vectors, backfill_id, batch)

    async def write_vectors(self, backfill_id: str, vectors: Sequence[SpareVector]) -> int:
        return await self._run(sqlite_spare_vectors.write_vectors, backfill_id, vectors)

    async def switch_vectors(self, backfill_id: str, *, back: bool = False) -> Switched:
        return await self._run(sqlite_spare_vectors.switch_vectors, backfill_id, back)

    async def add_model_batch(self, batch: ModelBatch) -> None:
        await self._run(_add, batch)

    async def model_batches(self, backfill_id: str | None = None) -> list[ModelBatch]:
        return await self._run(_listed, backfill_id)

    async def hold_model_batch(self, batch: ModelBatch, seconds: float) -> bool:
        return await self._run(_hold, batch, seconds)

    async def remove_model_batch(self, batch_id: str) -> None:
        await self._run(_remove, batch_id)


def _add(db: Database, batch: ModelBatch) -> None:
    with db.write():
        db.run(
            "insert into model_batches"
            " (id, workspace_id, backfill_id, model, ticket, hashes, reservation_id, look_at, created_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                batch.id, batch.workspace_id, batch.backfill_id, batch.model, to_json(dict(batch.ticket)),
                to_json(dict(batch.hashes)), batch.reservation_id, stamp(batch.look_at), db.now(),
            ),
        )  # fmt: skip


def _listed(db: Database, backfill_id: str | None) -> list[ModelBatch]:
    found = db.all(
        "select * from model_batches where (:backfill is null and look_at <= :now)"
        " or backfill_id = :backfill order by look_at, id",
        {"backfill": backfill_id, "now": db.now()},
    )
    return [read.model_batch(dict(row)) for row in found]


def _hold(db: Database, batch: ModelBatch, seconds: float) -> bool:
    until = stamp(db.clock.now() + timedelta(seconds=seconds))
    with db.write():
        return bool(
            db.run(
                "update model_batches set look_at = ? where id = ? and look_at = ?",
                (until, batch.id, stamp(batch.look_at)),
            )
        )


def _remove(db: Database, batch_id: str) -> None:
    with db.write():
        db.run("delete from model_batches where id = ?", (batch_id,))
