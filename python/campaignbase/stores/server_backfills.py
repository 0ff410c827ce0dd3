"""Backfills on a server."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from campaignbase.errors import UnreachableError
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
from campaignbase.stores.calls import Calls, ConflictError, Json

SWITCH_TRIES = 3


class ServerBackfills(Calls):
    """`campaignbase.ports.backfills.Backfills`."""

    async def start_backfill(self, workspace_id: str, new: NewBackfill) -> str:
        told = read.new_backfill(new)
        selection = Json(told.pop("selection"))
        found = await self._value("start_backfill", workspace_id=workspace_id, selection=selection, **told)
        return str(found)

    async def backfills(self, workspace_id: str | None = None) -> list[Backfill]:
        if workspace_id is not None:
            found = await self._all("backfills", read.COLUMNS, {"workspace_id": workspace_id})
            listed = [read.backfill(row) for row in found]
            return sorted(listed, key=lambda run: (run.created_at, run.id), reverse=True)
        states = ["running", "switched", "rolled_back"]
        found = await self._all("backfills", read.COLUMNS, {"state": states})
        now = datetime.now(UTC)
        due = [run for run in map(read.backfill, found) if run.run_at is not None and run.run_at <= now]
        return sorted(due, key=lambda run: (run.updated_at, run.id))

    async def stop_backfill(self, backfill_id: str, state: Literal["paused", "running", "canceled"]) -> bool:
        return bool(await self._value("stop_backfill", backfill_id=backfill_id, state=state))

    async def preview_backfill(
        self, workspace_id: str, selection: Mapping[str, Any], place: str = "", batch: int = 50
    ) -> BackfillRows:
        told = Json(dict(selection))
        found = await self._value(
            "preview_backfill", workspace_id=workspace_id, selection=told, place=place, batch=batch
        )
        return read.backfill_rows(found)

    async def claim_backfill(
        self,
        backfill_id: str,
        worker: str,
        batch: int = 50,
        lease_seconds: int = 120,
        targets: Sequence[str] | None = None,
    ) -> BackfillRows | None:
        found = await self._value(
            "claim_backfill",
            backfill_id=backfill_id,
            worker=worker,
            batch=batch,
            lease_seconds=lease_seconds,
            targets=None if targets is None else list(targets),
        )
        return None if found is None else read.backfill_rows(found)

    async def report_backfill(
        self,
        backfill_id: str,
        *,
        failed: int = 0,
        cost: Decimal = Decimal(0),
        wait_seconds: float | None = None,
        error: str | None = None,
    ) -> None:
        await self._value(
            "report_backfill",
            backfill_id=backfill_id,
            failed=failed,
            cost=f"{cost:f}",
            wait_seconds=wait_seconds,
            error=error,
        )

    async def claim_vectors(self, backfill_id: str, batch: int = 100) -> SpareTexts | None:
        found = await self._value("claim_vectors", backfill_id=backfill_id, batch=batch)
        return None if found is None else read.spare_texts(found)

    async def write_vectors(self, backfill_id: str, vectors: Sequence[SpareVector]) -> int:
        told = Json(read.spare_vectors(vectors))
        return int(await self._value("write_vectors", backfill_id=backfill_id, vectors=told))

    async def switch_vectors(self, backfill_id: str, *, back: bool = False) -> Switched:
        for attempt in range(1, SWITCH_TRIES + 1):
            try:
                found = await self._value("switch_vectors", backfill_id=backfill_id, back=back)
                return Switched(int(found["switched"]), int(found["queued"]))
            except ConflictError as error:
                if attempt == SWITCH_TRIES:
                    raise UnreachableError(f"{error}, {attempt} times") from error
        raise AssertionError("unreachable")

    async def add_model_batch(self, batch: ModelBatch) -> None:
        values = {
            "id": batch.id,
            "workspace_id": batch.workspace_id,
            "backfill_id": batch.backfill_id,
            "model": batch.model,
            "ticket": Json(dict(batch.ticket)),
            "hashes": Json(dict(batch.hashes)),
            "reservation_id": batch.reservation_id,
            "look_at": batch.look_at.isoformat(),
        }
        await self._insert("model_batches", values, ("id",))

    async def model_batches(self, backfill_id: str | None = None) -> list[ModelBatch]:
        where = {} if backfill_id is None else {"backfill_id": backfill_id}
        found = map(read.model_batch, await self._all("model_batches", read.BATCH_COLUMNS, where))
        now = datetime.now(UTC)
        listed = [batch for batch in found if backfill_id is not None or batch.look_at <= now]
        return sorted(listed, key=lambda batch: (batch.look_at, batch.id))

    async def hold_model_batch(self, batch: ModelBatch, seconds: float) -> bool:
        until = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        where = {"id": batch.id, "look_at": batch.look_at.isoformat()}
        return bool(await self._update("model_batches", where, {"look_at": until}))

    async def remove_model_batch(self, batch_id: str) -> None:
        await self._delete("model_batches", {"id": batch_id})
