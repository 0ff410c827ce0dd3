"""Pages, single rows, posts and search on a server; each method is one request."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn, TypeVar
from uuid import uuid4

from campaignbase.core.changes import (
    campaign_values,
    content_values,
    found_id,
    given_id,
    new_posts,
    not_found,
    page_size,
    post_changes,
    refused_change,
)
from campaignbase.core.search import check_search
from campaignbase.core.vectors import to_pgvector
from campaignbase.errors import InputError
from campaignbase.models import ContentAsset
from campaignbase.models.library import (
    CampaignChanges,
    CampaignDetails,
    Change,
    ContentChanges,
    ContentStatistics,
    Cursor,
    DeadJob,
    FoundContent,
    NewPost,
    Page,
    Post,
    PostChanges,
    PostStatistics,
    SearchQuery,
)
from campaignbase.stores import library_rows as read
from campaignbase.stores.calls import Calls, Json, RefusedError, Row
from campaignbase.stores.rows import stored_asset, time
from campaignbase.stores.server_content import ASSET

T = TypeVar("T")

_POINTS = {"campaign_id": ("campaigns", "campaign"), "content_asset_id": ("content_assets", "content")}


class ServerLibrary(Calls):
    async def content_page(
        self,
        workspace_id: str,
        *,
        label_state: str | None = None,
        category: str | None = None,
        campaign_id: str | None = None,
        tag: str | None = None,
        source_key: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[ContentAsset]:
        where = {
            "workspace_id": workspace_id,
            "label_state": label_state,
            "primary_category": category,
            "campaign_id": campaign_id,
            "source_key": source_key,
        }
        held = {} if tag is None else {"tags": tag}
        return await self._page("content_assets", ASSET, where, after, limit, stored_asset, held)

    async def get_content(self, asset_id: str) -> ContentAsset:
        return stored_asset(await self._get("content_assets", "content", asset_id, ASSET))

    async def contents(self, ids: Sequence[str]) -> list[ContentAsset]:
        known = [found_id("content", key) for key in ids]
        found = await self._all("content_assets", ASSET, {"id": known}) if known else []
        return [stored_asset(row) for row in found]

    async def content_changes(
        self, workspace_id: str, after: Change | None, limit: int = 500
    ) -> list[Change]:
        where = {"workspace_id": workspace_id}
        last = None
        if after is not None:
            last = {"updated_at": after.updated_at.isoformat(), "id": given_id("cursor", after.id)}
        found = await self._changed("content_assets", where, 1 if after is None else page_size(limit), last)
        return [Change(time(row["updated_at"]), str(row["id"])) for row in found]

    async def written_mark(self) -> str | None:
        return None

    async def update_content(self, asset_id: str, changes: ContentChanges) -> ContentAsset:
        values = content_values(changes)
        return stored_asset(await self._change("content_assets", "content", asset_id, values, ASSET))

    async def delete_content(self, asset_id: str) -> None:
        await self._remove("content_assets", "content", asset_id)

    async def content_statistics(
        self, workspace_id: str, campaign_id: str | None = None
    ) -> ContentStatistics:
        asked = _narrowed(workspace_id, campaign_id)
        return read.content_statistics(await self._rows("content_statistics", **asked))

    async def campaign_page(
        self,
        workspace_id: str,
        *,
        status: str | None = None,
        name: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[CampaignDetails]:
        where = {"workspace_id": workspace_id, "status": status, "name": name}
        return await self._page("campaigns", read.CAMPAIGN, where, after, limit, read.campaign_details)

    async def get_campaign(self, campaign_id: str) -> CampaignDetails:
        return read.campaign_details(await self._get("campaigns", "campaign", campaign_id, read.CAMPAIGN))

    async def update_campaign(self, campaign_id: str, changes: CampaignChanges) -> CampaignDetails:
        values = campaign_values(changes)
        return read.campaign_details(
            await self._change("campaigns", "campaign", campaign_id, values, read.CAMPAIGN)
        )

    async def delete_campaign(self, campaign_id: str) -> None:
        await self._remove("campaigns", "campaign", campaign_id)

    async def search(self, query: SearchQuery) -> list[FoundContent]:
        check_search(query)
        campaign = None if query.campaign_id is None else given_id("campaign_id", query.campaign_id)
        asked = {
            "query_text": query.text,
            "query_embedding": None if query.vector is None else to_pgvector(query.vector),
            "match_count": query.limit,
            "mode": query.mode,
            "model": query.model,
            "workspace_id": query.workspace_id,
            "min_similarity": query.min_similarity,
            "category": query.category,
            "tag": query.tag,
            "campaign_id": campaign,
            "sentiment": query.sentiment,
            "language": query.language,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        return [read.found_content(row) for row in await self._rows("search_content", **given)]

    async def add_posts(self, workspace_id: str, rows: Sequence[NewPost]) -> list[str]:
        records = [
            {"id": str(uuid4()), "workspace_id": workspace_id, **_written(values)}
            for values in new_posts(rows)
        ]
        if not records:
            return []
        try:
            await self._insert_all("social_posts", records)
        except RefusedError as error:
            await self._refuse_posts(workspace_id, records, error)
        return [record["id"] for record in records]

    async def _refuse_posts(
        self, workspace_id: str, records: Sequence[Mapping[str, Any]], error: RefusedError
    ) -> NoReturn:
        for column, (table, noun) in _POINTS.items():
            if f"_{column}_fkey" not in error.told:
                continue
            found = await self._all(table, ("id",), {"workspace_id": workspace_id})
            known = {None, *(str(row["id"]) for row in found)}
            for place, record in enumerate(records, start=1):
                if record[column] not in known:
                    raise InputError(
                        f"row {place}: no {noun} {record[column]!r} in this workspace"
                    ) from error
        raise error

    async def post_page(
        self,
        workspace_id: str,
        *,
        status: str | None = None,
        campaign_id: str | None = None,
        content_asset_id: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Post]:
        where = {
            "workspace_id": workspace_id,
            "status": status,
            "campaign_id": campaign_id,
            "content_asset_id": content_asset_id,
        }
        return await self._page("social_posts", read.POST, where, after, limit, read.post)

    async def get_post(self, post_id: str) -> Post:
        return read.post(await self._get("social_posts", "post", post_id, read.POST))

    async def post_statistics(self, workspace_id: str, campaign_id: str | None = None) -> PostStatistics:
        asked = _narrowed(workspace_id, campaign_id)
        return read.post_statistics(await self._rows("post_statistics", **asked))

    async def update_post(self, post_id: str, changes: PostChanges) -> Post:
        values = post_changes(changes)
        return read.post(await self._change("social_posts", "post", post_id, values, read.POST))

    async def delete_post(self, post_id: str) -> None:
        await self._remove("social_posts", "post", post_id)

    async def dead_jobs(self, workspace_id: str, limit: int = 100) -> list[DeadJob]:
        found = await self._rows("dead_jobs", workspace_id=workspace_id, match_count=page_size(limit))
        return [read.dead_job(row) for row in found]

    async def _page(
        self,
        table: str,
        columns: Sequence[str],
        where: Mapping[str, str | None],
        after: Cursor | None,
        limit: int,
        row: Callable[[Row], T],
        having: Mapping[str, str] | None = None,
    ) -> Page[T]:
        size = page_size(limit)
        asked = {
            name: given_id(name, value) if name in _POINTS else value
            for name, value in where.items()
            if value is not None
        }
        last = None
        if after is not None:
            last = {"created_at": after.created_at.isoformat(), "id": given_id("cursor", after.id)}
        found = await self._newest(table, columns, asked, size + 1, after=last, having=having)
        return read.page(found, size, row)

    async def _get(self, table: str, noun: str, key: str, columns: Sequence[str]) -> Row:
        found = await self._all(table, columns, {"id": found_id(noun, key)})
        if not found:
            raise not_found(noun, key)
        return found[0]

    async def _change(
        self, table: str, noun: str, key: str, values: Mapping[str, Any], columns: Sequence[str]
    ) -> Row:
        if not values:
            return await self._get(table, noun, key, columns)
        try:
            found = await self._update_one(table, found_id(noun, key), _written(values), columns)
        except RefusedError as error:
            for column, (_, pointed) in _POINTS.items():
                if f"_{column}_fkey" in error.told:
                    raise InputError(f"no {pointed} {values[column]!r} in this workspace") from error
            refused = refused_change(error.told)
            if refused is None:
                raise
            raise refused from error
        if found is None:
            raise not_found(noun, key)
        return found

    async def _remove(self, table: str, noun: str, key: str) -> None:
        if not await self._delete(table, {"id": found_id(noun, key)}):
            raise not_found(noun, key)


def _narrowed(workspace_id: str, campaign_id: str | None) -> dict[str, str]:
    asked = {"workspace_id": workspace_id}
    return asked if campaign_id is None else {**asked, "campaign_id": given_id("campaign_id", campaign_id)}


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return Json(dict(value)) if isinstance(value, Mapping) else value
