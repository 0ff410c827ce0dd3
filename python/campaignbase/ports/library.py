"""What programs do with single rows: list by pages, read, change, delete, search, schedule."""

from collections.abc import Sequence
from typing import Protocol

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


class Library(Protocol):
    """Part of every store. Pages are newest first by (created_at, id); `limit` is clamped to 1..500.

    Raises everywhere: UnreachableError when the database does not answer; NotFoundError where no row has that
    id, the caller may not see it, or not change it.
    """

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
    ) -> Page[ContentAsset]: ...

    async def get_content(self, asset_id: str) -> ContentAsset: ...

    async def contents(self, ids: Sequence[str]) -> list[ContentAsset]:
        """Those that are there and may be seen, in no order; at most 100 are asked for."""
        ...

    async def content_changes(
        self, workspace_id: str, after: Change | None, limit: int = 500
    ) -> list[Change]:
        """By (updated_at, id), the oldest after that one first; None: the newest alone.

        A transaction shows its rows when it ends: some may come to stand before what was read already.
        """
        ...

    async def written_mark(self) -> str | None:
        """Another one when anything was written since, by whomever; None: that cannot be told so cheaply."""
        ...

    async def update_content(self, asset_id: str, changes: ContentChanges) -> ContentAsset:
        """As it is then. Raises InputError for what cannot be stored, a campaign of another workspace too."""
        ...

    async def delete_content(self, asset_id: str) -> None:
        """Its file is a MediaStore's. Raises InputError while a post uses it."""
        ...

    async def content_statistics(
        self, workspace_id: str, campaign_id: str | None = None
    ) -> ContentStatistics: ...

    async def campaign_page(
        self,
        workspace_id: str,
        *,
        status: str | None = None,
        name: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[CampaignDetails]: ...

    async def get_campaign(self, campaign_id: str) -> CampaignDetails: ...

    async def update_campaign(self, campaign_id: str, changes: CampaignChanges) -> CampaignDetails:
        """As it is then. Raises InputError for what cannot be stored, ExistsError for another's name."""
        ...

    async def delete_campaign(self, campaign_id: str) -> None:
        """With its content and posts. Raises InputError while a post elsewhere uses some of its content."""
        ...

    async def search(self, query: SearchQuery) -> list[FoundContent]:
        """Best first; equal ones newest first. Filters hold for every mode.

        semantic: score is the similarity. keyword: score is the rank, the sum over the words that the text
        has of ln(1 + (n - m + 0.5) / (m + 0.5)), where n rows have any of the words and m this one.
        hybrid: score is 1 / (60 + place by similarity) + 1 / (60 + place by rank), places counted from 1.

        Words are runs of letters and digits, case folded, of the first 100,000 characters. A text without
        words finds nothing by them.

        Raises InputError: the mode lacks its text or vector, or the vector is not 1536 wide and of length 1.
        """
        ...

    async def add_posts(self, workspace_id: str, rows: Sequence[NewPost]) -> list[str]:
        """Ids in order; all rows or none. Nothing publishes them yet: they are scheduled.

        Raises InputError naming the row (its place, from 1) and what is wrong with it.
        """
        ...

    async def post_page(
        self,
        workspace_id: str,
        *,
        status: str | None = None,
        campaign_id: str | None = None,
        content_asset_id: str | None = None,
        after: Cursor | None = None,
        limit: int = 50,
    ) -> Page[Post]: ...

    async def get_post(self, post_id: str) -> Post: ...

    async def post_statistics(self, workspace_id: str, campaign_id: str | None = None) -> PostStatistics: ...

    async def update_post(self, post_id: str, changes: PostChanges) -> Post:
        """As it is then. Raises InputError for what cannot be stored."""
        ...

    async def delete_post(self, post_id: str) -> None: ...

    async def dead_jobs(self, workspace_id: str, limit: int = 100) -> list[DeadJob]:
        """The last that failed first; `limit` is clamped to 1..500."""
        ...
