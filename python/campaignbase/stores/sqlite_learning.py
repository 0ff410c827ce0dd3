"""What a head learns from, and the head itself, on SQLite."""

from uuid import uuid4

import numpy as np

from campaignbase.core.vectors import pack
from campaignbase.models import DIMENSIONS, Confirmed, TrainedHead
from campaignbase.stores.sqlite_connection import Database


def confirmed_count(db: Database, workspace_id: str) -> tuple[int, int]:
    with db.read():
        rows = db.value(
            "select count(*) from content_assets where workspace_id = ?"
            " and confirmed_at is not null and primary_category is not null and embedding is not null",
            (workspace_id,),
        )
        fitted = db.value("select train_rows from trained_heads where workspace_id = ?", (workspace_id,))
    return rows, fitted or 0


def confirmed(db: Database, workspace_id: str) -> Confirmed:
    found = db.all(
        """
        select content_assets.embedding, categories.id as category_id
        from content_assets
        inner join categories
            on
                content_assets.workspace_id = categories.workspace_id
                and content_assets.primary_category = categories.name
        where
            content_assets.workspace_id = ?
            and content_assets.confirmed_at is not null
            and content_assets.embedding is not null
        order by content_assets.id
        """,
        (workspace_id,),
    )
    blobs = b"".join(row["embedding"] for row in found)
    matrix = np.frombuffer(blobs, dtype="<f4").reshape(-1, DIMENSIONS).astype(np.float32)
    return Confirmed(matrix, [row["category_id"] for row in found])


def save_head(db: Database, workspace_id: str, head: TrainedHead | None) -> None:
    with db.write():
        db.run("delete from trained_heads where workspace_id = ?", (workspace_id,))
        if head is None:
            return
        key = str(uuid4())
        db.run(
            "insert into trained_heads (id, workspace_id, embedding_model, train_rows, threshold)"
            " values (?, ?, ?, ?, ?)",
            (key, workspace_id, head.embedding_model, head.train_rows, head.threshold),
        )
        db.run_many(
            "insert into trained_head_labels (workspace_id, head_id, category_id, weights, bias)"
            # a category removed while the head was fitted takes no part
            " select workspace_id, ?, id, ?, ? from categories where id = ? and workspace_id = ?",
            [
                (key, pack(weights), float(bias), category_id, workspace_id)
                for category_id, weights, bias in zip(head.category_ids, head.weights, head.bias, strict=True)
            ],
        )
