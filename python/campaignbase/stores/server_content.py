"""Content and campaigns on a server: insert, list, explain, correct, search."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, NoReturn

from campaignbase.core.names import find_name
from campaignbase.core.new_content import (
    check_correction,
    check_new_campaign,
    check_new_content,
    last_by_source_key,
    unknown_category,
)
from campaignbase.core.vectors import to_pgvector
from campaignbase.errors import InputError, NotFoundError, UnknownLabelError
from campaignbase.models import (
    Campaign,
    ContentAsset,
    Correction,
    Explanation,
    InsertCounts,
    NewCampaign,
    NewContent,
    SearchHit,
    Vector,
    WrittenRow,
)
from campaignbase.stores import rows as read
from campaignbase.stores.calls import Calls, Json, RefusedError

ASSET = (
    *("id", "workspace_id", "asset_type", "content", "prompt", "alt_text", "file_path", "file_url"),
    *("generator", "parameters", "campaign_id", "source_key", "primary_category", "category_source", "tags"),
    *("sentiment", "sentiment_source", "target_audience", "audience_source", "label_state", "language"),
    *("quality_score", "quality_parts", "embedding_model", "confirmed_at", "created_at", "updated_at"),
    *("approval", "approval_rule", "approval_note", "approval_at"),
)
_CAMPAIGN = (
    *("id", "workspace_id", "name", "campaign_type", "status", "primary_category", "category_source"),
    *("label_state", "actual_cost", "content_count", "created_at"),
)
_PLACE = re.compile(r"row (\d+): ")


class ServerContent(Calls):
    async def insert_content(self, workspace_id: str, rows: Sequence[NewContent]) -> InsertCounts:
        named = {row.primary_category for row in rows if row.primary_category is not None}
        check_new_content(rows, named)
        if not rows:
            return InsertCounts()
        # ids of our own tell what was added from what was changed
        records = [read.new_content(row) for row in rows]
        try:
            answer = await self._value("import_content", workspace_id=workspace_id, assets=Json(records))
        except RefusedError as error:
            await self._refuse_rows(workspace_id, rows, error)
        ids = answer["written"]
        inserted = len({record["id"] for record in records}.intersection(ids))
        kept = len(set(answer["kept"]).difference(ids))
        skipped = len(rows) - len(ids) - kept
        became = _outcomes(rows, records, answer)
        return InsertCounts(inserted, len(ids) - inserted, skipped, kept, tuple(ids), became)

    async def _refuse_rows(
        self, workspace_id: str, rows: Sequence[NewContent], error: RefusedError
    ) -> NoReturn:
        of_campaign = "content_assets_campaign_id_fkey" in error.told
        # of two faults Postgres tells either: the category's first, as on SQLite
        if of_campaign or "content_assets_primary_category_fkey" in error.told:
            check_new_content(rows, await self._category_names(workspace_id))
        place = _PLACE.match(error.told)
        if place and of_campaign:
            raise InputError(
                f"row {place[1]}: no campaign {rows[int(place[1]) - 1].campaign_id!r} in this workspace;"
                " see: campaignbase campaigns"
            ) from error
        raise error

    async def insert_campaigns(self, workspace_id: str, rows: Sequence[NewCampaign]) -> list[str]:
        if not rows:
            return []
        for row in rows:
            check_new_campaign(row)
        records = Json([read.new_campaign(row) for row in rows])
        try:
            ids = await self._value("import_campaigns", workspace_id=workspace_id, campaigns=records)
        except RefusedError as error:
            if "campaigns_primary_category_fkey" not in error.told:
                raise
            known = await self._category_names(workspace_id)
            named = (row.primary_category for row in rows if row.primary_category is not None)
            unknown = next((name for name in named if find_name(name, known) is None), None)
            if unknown is None:
                raise
            raise UnknownLabelError(unknown_category(unknown, known)) from error
        return [str(key) for key in ids]

    async def content(
        self,
        workspace_id: str,
        *,
        label_state: str | None = None,
        category: str | None = None,
        campaign_id: str | None = None,
        limit: int = 100,
    ) -> list[ContentAsset]:
        asked = {"label_state": label_state, "primary_category": category, "campaign_id": campaign_id}
        where = {column: value for column, value in asked.items() if value is not None}
        found = await self._newest("content_assets", ASSET, {"workspace_id": workspace_id, **where}, limit)
        return [read.stored_asset(row) for row in found]

    async def campaigns(self, workspace_id: str) -> list[Campaign]:
        found = await self._all("campaign_overview", _CAMPAIGN, {"workspace_id": workspace_id})
        listed = [read.campaign(row) for row in found]
        return sorted(listed, key=lambda one: (one.created_at, one.id), reverse=True)

    async def explain(self, target_id: str) -> Explanation:
        return read.explanation(await self._value("explain_labels", target=_target(target_id)))

    async def correct(self, target_id: str, correction: Correction) -> None:
        check_correction(correction, campaign=False)
        changes = {field: value for field, value in asdict(correction).items() if value not in (None, ())}
        key = _target(target_id)
        try:
            await self._value("record_feedback", target=key, feedback=Json(changes))
        except RefusedError as error:
            if error.told.startswith("unknown tag"):
                raise UnknownLabelError(str(error)) from error
            if not error.told.startswith("unknown category"):
                raise
            found = await self.explain(key)
            row = found.asset or found.campaign
            names = await self._category_names(row.workspace_id) if row is not None else []
            raise UnknownLabelError(unknown_category(str(correction.category), names)) from error

    async def _category_names(self, workspace_id: str) -> list[str]:
        found = await self._all("categories", ("id", "name"), {"workspace_id": workspace_id})
        return [row["name"] for row in found]

    async def semantic_search(
        self, query: Vector, match_count: int = 10, workspace_id: str | None = None, model: str | None = None
    ) -> list[SearchHit]:
        found = await self._rows(
            "semantic_search_content",
            query_embedding=to_pgvector(query),
            match_count=match_count,
            model=model,
            workspace_id=workspace_id,
        )
        return [
            SearchHit(
                str(row["id"]),
                row["content"],
                row["primary_category"],
                tuple(row["tags"]),
                float(row["similarity"]),
            )
            for row in found
        ]


def _outcomes(
    rows: Sequence[NewContent], records: Sequence[Mapping[str, Any]], answer: Mapping[str, Any]
) -> tuple[WrittenRow, ...]:
    new, written, kept = {record["id"] for record in records}, set(answer["written"]), set(answer["kept"])
    counting = {id(row) for row in last_by_source_key(rows)}
    became = []
    for row, key in zip(rows, answer["ids"], strict=True):
        outcome: Literal["added", "updated", "unchanged", "kept"] = "unchanged"
        if id(row) in counting and key in written:
            outcome = "added" if key in new else "updated"
        elif id(row) in counting and key in kept:
            outcome = "kept"
        became.append(WrittenRow(key, outcome))
    return tuple(became)


def _target(target_id: str) -> str:
    """What may be the beginning of an id; asking with anything else is not worth a call."""
    wanted = target_id.strip().lower()
    if len(wanted) < 4 or set(wanted) - set("0123456789abcdef-"):
        raise NotFoundError(
            f"no content or campaign {target_id!r}; give an id or at least its first 4 characters"
        )
    return wanted
