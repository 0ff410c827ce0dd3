"""Pages, single rows, posts and search of a SQLite file."""

from collections.abc import Sequence

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
from campaignbase.stores import sqlite_pages, sqlite_search, sqlite_statistics
from campaignbase.stores.sqlite_file import SqliteFile


class SqliteLibrary(SqliteFile):
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
            "label_state": label_state,
            "primary_category": category,
            "campaign_id": campaign_id,
            "source_key": source_key,
        }
        return await self._run(sqlite_pages.content_page, workspace_id, where, tag, after, limit)

    async def get_content(self, asset_id: str) -> ContentAsset:
        return await self._run(sqlite_pages.get_content, asset_id)

    async def contents(self, ids: Sequence[str]) -> list[ContentAsset]:
        return await self._run(sqlite_pages.contents, ids)

    async def content_changes(
        self, workspace_id: str, after: Change | None, limit: int = 500
    ) -> list[Change]:
        return await self._run(sqlite_pages.content_changes, workspace_id, after, limit)

    async def written_mark(self) -> str | None:
        return await self._run(sqlite_pages.written_mark)

    async def update_content(self, asset_id: str, changes: ContentChanges) -> ContentAsset:
        return await self._run(sqlite_pages.update_content, asset_id, changes)

    async def delete_content(self, asset_id: str) -> None:
        await self._run(sqlite_pages.remove, "content_assets", "content", asset_id)

    async def content_statistics(
        self, workspace_id: str, campaign_id: str | None = None
    ) -> ContentStatistics:
        return await self._run(sqlite_statistics.content_statistics, workspace_id, campaign_id)

    async def campaign_page(
        self,
        workspace_id: str,
        *,
        status: str | None = None,
        name: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[CampaignDetails]:
        where = {"status": status, "name": name}
        return await self._run(sqlite_pages.campaign_page, workspace_id, where, after, limit)

    async def get_campaign(self, campaign_id: str) -> CampaignDetails:
        return await self._run(sqlite_pages.get_campaign, campaign_id)

    async def update_campaign(self, campaign_id: str, changes: CampaignChanges) -> CampaignDetails:
        return await self._run(sqlite_pages.update_campaign, campaign_id, changes)

    async def delete_campaign(self, campaign_id: str) -> None:
        await self._run(sqlite_pages.remove, "campaigns", "campaign", campaign_id)

    async def search(self, query: SearchQuery) -> list[FoundContent]:
        return await self._run(sqlite_search.search, self._vectors, query)

    async def add_posts(self, workspace_id: str, rows: Sequence[NewPost]) -> list[str]:
        return await self._run(sqlite_pages.add_posts, workspace_id, rows)

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
        where = {"status": status, "campaign_id": campaign_id, "content_asset_id": content_asset_id}
        return await self._run(sqlite_pages.post_page, workspace_id, where, after, limit)

    async def get_post(self, post_id: str) -> Post:
        return await self._run(sqlite_pages.get_post, post_id)

    async def post_statistics(self, workspace_id: str, campaign_id: str | None = None) -> PostStatistics:
        return await self._run(sqlite_statistics.post_statistics, workspace_id, campaign_id)

    async def update_post(self, post_id: str, changes: PostChanges) -> Post:
        return await self._run(sqlite_pages.update_post, post_id, changes)

    async def delete_post(self, post_id: str) -> None:
        await self._run(sqlite_pages.remove, "social_posts", "post", post_id)

    async def dead_jobs(self, workspace_id: str, limit: int = 100) -> list[DeadJob]:
        return await self._run(sqlite_pages.dead_jobs, workspace_id, limit)
