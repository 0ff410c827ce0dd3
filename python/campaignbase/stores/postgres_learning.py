"""What a trained head learns from on Postgres, and where it is kept."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg
from psycopg.rows import DictRow

from campaignbase.core.vectors import from_pgvector, to_pgvector
from campaignbase.models import DIMENSIONS, Confirmed, TrainedHead


class PostgresLearning:
    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

        async def _all(self, query: str, values: Any = ()) -> list[DictRow]: ...

    async def confirmed_count(self, workspace_id: str) -> tuple[int, int]:
        found = await self._all(
            """
            select
                (
                    select count(*)
                    from public.content_assets
                    where
                        workspace_id = %(id)s
                        and confirmed_at is not null
                        and primary_category is not null
                        and embedding is not null
                ) as confirmed,
                coalesce(
                    (select train_rows from private.trained_heads where workspace_id = %(id)s), 0
                ) as fitted
            """,
            {"id": workspace_id},
        )
        return int(found[0]["confirmed"]), int(found[0]["fitted"])

    async def confirmed(self, workspace_id: str) -> Confirmed:
        found = await self._all(
            """
            select content_assets.embedding::text as embedding, categories.id::text as category_id
            from public.content_assets
            inner join public.categories
                on
                    content_assets.workspace_id = categories.workspace_id
                    and content_assets.primary_category = categories.name
            where
                content_assets.workspace_id = %s
                and content_assets.confirmed_at is not null
                and content_assets.embedding is not null
            order by content_assets.id
            """,
            (workspace_id,),
        )
        matrix = np.zeros((len(found), DIMENSIONS), dtype=np.float32)
        for place, row in enumerate(found):
            matrix[place] = from_pgvector(row["embedding"])
        return Confirmed(matrix, [row["category_id"] for row in found])

    async def save_head(self, workspace_id: str, head: TrainedHead | None) -> None:
        async with self._transaction() as connection:
            await connection.execute(
                "delete from private.trained_heads where workspace_id = %s", (workspace_id,)
            )
            if head is None:
                return
            cursor = await connection.execute(
                "insert into private.trained_heads (workspace_id, embedding_model, train_rows, threshold)"
                " values (%s, %s, %s, %s) returning id",
                (workspace_id, head.embedding_model, head.train_rows, head.threshold),
            )
            head_id = next(row["id"] for row in await cursor.fetchall())
            async with connection.cursor() as writer:
                await writer.executemany(
                    "insert into private.trained_head_labels"
                    " (workspace_id, head_id, category_id, weights, bias)"
                    # a category removed while the head was fitted takes no part
                    " select %s, %s, id, %s, %s from public.categories where id = %s and workspace_id = %s",
                    [
                        (
                            workspace_id,
                            head_id,
                            to_pgvector(weights),
                            float(bias),
                            category_id,
                            workspace_id,
                        )
                        for category_id, weights, bias in zip(
                            head.category_ids, head.weights, head.bias, strict=True
                        )
                    ],
                )
