"""Content and campaigns on Postgres: list, explain, correct, search."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from campaignbase.core.new_content import check_correction, unknown_category
from campaignbase.core.tags import fold_tag
from campaignbase.core.vectors import to_pgvector
from campaignbase.errors import NotFoundError, UnknownLabelError
from campaignbase.models import (
    Campaign,
    ContentAsset,
    Correction,
    Explanation,
    SearchHit,
    Vector,
)
from campaignbase.stores import rows as read

ASSET_QUERY = """
    select
        content_assets.id, content_assets.workspace_id, content_assets.asset_type,
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ) as text,
        content_assets.campaign_id, content_assets.source_key, content_assets.primary_category,
        content_assets.category_source, content_assets.tags, content_assets.sentiment,
        content_assets.sentiment_source, content_assets.target_audience, content_assets.audience_source,
        content_assets.label_state, content_assets.language, content_assets.quality_score,
        content_assets.quality_parts, content_assets.embedding_model, content_assets.confirmed_at,
        content_assets.created_at, content_assets.updated_at
    from public.content_assets
"""
_CAMPAIGN = """
    select
        id, workspace_id, name, campaign_type, status, primary_category, category_source, label_state,
        actual_cost, created_at,
        (
            select count(*) from public.content_assets where content_assets.campaign_id = campaigns.id
        ) as content_count
    from public.campaigns
"""


class PostgresContent:
    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

        async def _all(self, query: str, values: Any = ()) -> list[DictRow]: ...

    async def content(
        self,
        workspace_id: str,
        *,
        label_state: str | None = None,
        category: str | None = None,
        campaign_id: str | None = None,
        limit: int = 100,
    ) -> list[ContentAsset]:
        found = await self._all(
            ASSET_QUERY
            + """
            where
                workspace_id = %(workspace_id)s
                and (%(label_state)s::text is null or label_state = %(label_state)s)
                and (%(category)s::text is null or primary_category = %(category)s)
                and (%(campaign_id)s::uuid is null or campaign_id = %(campaign_id)s)
            order by created_at desc, id desc
            limit %(limit)s
            """,
            {
                "workspace_id": workspace_id,
                "label_state": label_state,
                "category": category,
                "campaign_id": campaign_id,
                "limit": limit,
            },
        )
        return [read.asset(row) for row in found]

    async def campaigns(self, workspace_id: str) -> list[Campaign]:
        found = await self._all(
            _CAMPAIGN + " where workspace_id = %s order by created_at desc, id desc", (workspace_id,)
        )
        return [read.campaign(row) for row in found]

    async def explain(self, target_id: str) -> Explanation:
        key = await self._resolve_id(target_id)
        assets = await self._all(ASSET_QUERY + " where id = %s", (key,))
        campaigns = [] if assets else await self._all(_CAMPAIGN + " where id = %s", (key,))
        links = await self._all(
            """
            select tags.name, tags.tag_type, link.source, link.score, link.reason, link.state
            from public.content_asset_tags as link
            inner join public.tags on link.tag_id = tags.id
            where link.content_asset_id = %s
            order by
                link.state, (link.source = 'human') desc, link.score desc nulls last, tags.name collate "C"
            """,
            (key,),
        )
        decisions = await self._all(
            "select * from public.categorizations where content_asset_id = %s or campaign_id = %s"
            " order by created_at desc, field",
            (key, key),
        )
        jobs = await self._all(
            "select state, last_error from private.jobs where target_id = %s and kind like 'categorize%%'",
            (key,),
        )
        return Explanation(
            asset=read.asset(assets[0]) if assets else None,
            campaign=read.campaign(campaigns[0]) if campaigns else None,
            tags=tuple(read.tag_link(row) for row in links),
            decisions=tuple(read.decision(row) for row in decisions),
            job_state=jobs[0]["state"] if jobs else None,
            job_error=jobs[0]["last_error"] if jobs else None,
        )

    async def _resolve_id(self, target_id: str) -> str:
        wanted = target_id.strip().lower()
        if len(wanted) < 4 or set(wanted) - set("0123456789abcdef-"):
            raise NotFoundError(
                f"no content or campaign {target_id!r}; give an id or at least its first 4 characters"
            )
        found = await self._all(
            """
            select id::text as id from public.content_assets where id::text like %(prefix)s
            union all
            select id::text from public.campaigns where id::text like %(prefix)s
            order by id
            limit 5
            """,
            {"prefix": wanted + "%"},
        )
        if not found:
            raise NotFoundError(f"no content or campaign with id {target_id!r}")
        if len(found) > 1:
            listed = ", ".join(row["id"] for row in found)
            raise NotFoundError(f"id {target_id!r} is the beginning of several: {listed}; give more of it")
        return str(found[0]["id"])

    async def correct(self, target_id: str, correction: Correction) -> None:
        key = await self._resolve_id(target_id)
        async with self._transaction() as connection:
            cursor = await connection.execute(
                "select workspace_id, tags from public.content_assets where id = %s for no key update", (key,)
            )
            row = await cursor.fetchone()
            table = "content_assets"
            check_correction(correction, campaign=row is None)
            if row is None:
                table = "campaigns"
                cursor = await connection.execute(
                    "select workspace_id, null as tags from public.campaigns where id = %s for no key update",
                    (key,),
                )
                row = await cursor.fetchone()
            if row is None:
                raise NotFoundError(f"no content or campaign with id {target_id!r}")
            changes: dict[str, Any] = {}
            if correction.category is not None:
                changes["primary_category"] = correction.category or None
                cursor = await connection.execute(
                    "select name from public.categories where workspace_id = %s", (row["workspace_id"],)
                )
                names = [found["name"] for found in await cursor.fetchall()]
                if correction.category and correction.category not in names:
                    raise UnknownLabelError(unknown_category(correction.category, names))
            if correction.sentiment is not None:
                changes["sentiment"] = correction.sentiment or None
            if correction.audience is not None:
                changes["target_audience"] = correction.audience or None
            if correction.add_tags or correction.remove_tags:
                removed = {fold_tag(name) for name in correction.remove_tags}
                kept = [name for name in row["tags"] if fold_tag(name) not in removed]
                changes["tags"] = [*kept, *(name for name in correction.add_tags if name not in kept)]
            # the statement names only what changes: naming a column says that a person decided it
            assignments = sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(column), sql.Placeholder(column))
                for column in changes
            )
            await connection.execute(
                sql.SQL("update {} set {} where id = {}").format(
                    sql.Identifier("public", table), assignments, sql.Placeholder("id")
                ),
                {**changes, "id": key},
            )

    async def semantic_search(
        self, query: Vector, match_count: int = 10, workspace_id: str | None = None, model: str | None = None
    ) -> list[SearchHit]:
        found = await self._all(
            "select * from public.semantic_search_content(%s, %s, %s, %s)",
            (to_pgvector(query), match_count, model, workspace_id),
        )
        return [
            SearchHit(
                str(row["id"]), row["content"], row["primary_category"], tuple(row["tags"]), row["similarity"]
            )
            for row in found
        ]
