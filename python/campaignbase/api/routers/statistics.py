"""How labeling and posts went, of all rows there are."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from campaignbase.api.access import Access, Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.statistics import ContentStatisticsOut, PostStatisticsOut

routes = router("statistics", prefix="/statistics")

Of = Annotated[UUID | None, Query(description="Of this campaign alone.")]


@routes.get("/content")
async def content_statistics(asked: Asked, campaign_id: Of = None) -> ContentStatisticsOut:
    """How far the labeling is, who decided, and how much of it people confirmed."""
    workspace_id, campaign = await _place(asked, campaign_id)
    return ContentStatisticsOut.of(await asked.store.content_statistics(workspace_id, campaign))


@routes.get("/posts")
async def post_statistics(asked: Asked, campaign_id: Of = None) -> PostStatisticsOut:
    """How posts went, by platform."""
    workspace_id, campaign = await _place(asked, campaign_id)
    return PostStatisticsOut.of(await asked.store.post_statistics(workspace_id, campaign))


async def _place(asked: Access, campaign_id: UUID | None) -> tuple[str, str | None]:
    """The workspace, and the campaign where one is named."""
    if campaign_id is None:
        return (await asked.workspace()).id, None
    found = await asked.campaign(campaign_id)
    return found.workspace_id, found.id
