"""Vectors in memory, kept equal to the file: exact search is one product of a matrix with the query.

The table vector_changes says which rows to read again, whoever changed them.
"""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.vectors import top_k
from campaignbase.models import DIMENSIONS, Vector
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import id_list

_BYTES = DIMENSIONS * 4
_LEARNABLE = "confirmed_at is not null and primary_category is not null"


@dataclass(frozen=True)
class _Source:
    table: str
    condition: str = "true"


_SOURCES = {
    "content": _Source("content_assets"),
    "confirmed": _Source("content_assets", f"{_LEARNABLE} and not golden"),
    "confirmed_campaigns": _Source("campaigns", _LEARNABLE),
    "categories": _Source("categories", "not manual_only"),
    "tags": _Source("tags", "not manual_only"),
}


class VectorSet:
    """The vectors of one kind in one workspace, in no order, without trailing columns that are all zero."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.models: list[str] = []
        self._places: dict[str, int] = {}
        self._matrix: NDArray[np.float32] = np.empty((0, 1), dtype=np.float32)

    def __len__(self) -> int:
        return len(self.ids)

    def put_all(self, ids: Sequence[str], models: Sequence[str], matrix: NDArray[np.float32]) -> None:
        """Add or replace; one row of `matrix` an id."""
        used = np.flatnonzero(matrix.any(axis=0))
        self._make_room(len(self.ids) + len(ids), int(used[-1]) + 1 if used.size else 1)
        width = self._matrix.shape[1]
        for row_id, model, vector in zip(ids, models, matrix, strict=True):
            place = self._places.get(row_id)
            if place is None:
                place = self._places[row_id] = len(self.ids)
                self.ids.append(row_id)
                self.models.append(model)
            self.models[place] = model
            self._matrix[place] = vector[:width]

    def drop(self, row_id: str) -> None:
        """The last row takes its place."""
        place = self._places.pop(row_id, None)
        if place is None:
            return
        last_id, last_model = self.ids.pop(), self.models.pop()
        if last_id != row_id:
            self.ids[place], self.models[place] = last_id, last_model
            self._places[last_id] = place
            self._matrix[place] = self._matrix[len(self.ids)]

    def cosines(self, queries: NDArray[np.float32]) -> NDArray[np.float32]:
        """(queries, len(self)); both sides of unit length."""
        width = self._matrix.shape[1]
        scores: NDArray[np.float32] = queries[:, :width] @ self._matrix[: len(self.ids)].T
        return scores

    def nearest(
        self, query: Vector, count: int, model: str | None = None, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """(id, cosine) best first; `model`: only vectors by it; `among`: only of these rows."""
        scores = self._matrix[: len(self.ids)] @ query[: self._matrix.shape[1]]
        if among is not None:
            kept = np.zeros(len(self.ids), dtype=bool)
            kept[[place for row_id in among if (place := self._places.get(row_id)) is not None]] = True
            scores[~kept] = -np.inf
        if model is not None:
            scores[[found != model for found in self.models]] = -np.inf
        best = [(self.ids[place], float(scores[place])) for place in top_k(scores, count)]
        return [found for found in best if found[1] != -np.inf]

    def place(self, row_id: str) -> int | None:
        """The column of `cosines`; None when it has no vector."""
        return self._places.get(row_id)

    def _make_room(self, rows: int, width: int) -> None:
        have, wide = self._matrix.shape
        if rows <= have and width <= wide:
            return
        rows = have if rows <= have else max(rows, have * 3 // 2)
        grown = np.zeros((rows, max(width, wide)), dtype=np.float32)
        grown[: len(self.ids), :wide] = self._matrix[: len(self.ids)]
        self._matrix = grown


class VectorCache:
    def __init__(self) -> None:
        self._kinds: dict[str, dict[str, VectorSet]] = {}
        self._seen = 0  # the last row of vector_changes that is in here

    def sets(self, db: Database, kind: str) -> dict[str, VectorSet]:
        """Workspace id -> its vectors, as of the transaction that is open.

        Args:
            kind: content, confirmed (content a person filed), confirmed_campaigns, categories and tags
                (both without manual-only ones).
        """
        self._refresh(db)
        if kind not in self._kinds:
            fresh: dict[str, VectorSet] = {}
            self._read(db, kind, fresh)
            self._kinds[kind] = fresh
        return self._kinds[kind]

    def _refresh(self, db: Database) -> None:
        # each of the two is one step in the index; both in one query would read the table
        oldest, newest = db.row(
            "select (select min(seq) from vector_changes), (select max(seq) from vector_changes)"
        )
        newest = newest or 0
        if newest == self._seen:
            return
        if newest < self._seen or oldest > self._seen + 1:
            self._kinds.clear()  # the file was replaced, or too much happened
        elif self._kinds:
            changes = db.all(
                "select distinct kind, target_id from vector_changes where seq > ?", (self._seen,)
            )
            for kind, sets in self._kinds.items():
                ids = [row["target_id"] for row in changes if row["kind"] == _SOURCES[kind].table]
                if ids:
                    self._read(db, kind, sets, ids)
        self._seen = newest

    def _read(
        self, db: Database, kind: str, sets: dict[str, VectorSet], ids: Sequence[str] | None = None
    ) -> None:
        """Read these rows, or all; rows that have no vector any more are dropped."""
        source = _SOURCES[kind]
        found = db.all(
            f"select id, workspace_id, embedding_model, embedding from {source.table}"
            f" where embedding is not null and length(embedding) = {_BYTES} and {source.condition}"
            " and (:ids is null or id in (select value from json_each(:ids)))",
            {"ids": None if ids is None else id_list(ids)},
        )
        for row_id in set(ids or ()) - {row["id"] for row in found}:
            for vectors in sets.values():
                vectors.drop(row_id)
        of_workspace: dict[str, list[int]] = {}
        for place, row in enumerate(found):
            of_workspace.setdefault(row["workspace_id"], []).append(place)
        for workspace_id, places in of_workspace.items():
            blobs = b"".join(found[place]["embedding"] for place in places)
            matrix = np.frombuffer(blobs, dtype="<f4").reshape(-1, DIMENSIONS)
            sets.setdefault(workspace_id, VectorSet()).put_all(
                [found[place]["id"] for place in places],
                [found[place]["embedding_model"] for place in places],
                matrix,
            )
