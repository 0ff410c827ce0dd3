"""How labeling and posts went, of all rows there are."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query

from campaignbase.api.access import Access, Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.statistics import (
    CampaignCostOut,
    ContentStatisticsOut,
    PostStatisticsOut,
    SpendingOut,
    SpentOut,
)
from campaignbase.models.budget import MOST_DAYS

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


@routes.get("/spending")
async def spending(
    asked: Asked,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="Of UTC, today included.")] = 30,
) -> SpendingOut:
    """What models cost, and how much of today's budget is left."""
    workspace = await asked.workspace()
    today = datetime.now(UTC).date()
    budget = await asked.store.daily_budget(workspace.id, today)
    spent = await asked.store.spending(workspace.id, [today - timedelta(days=back) for back in range(days)])
    return SpendingOut(
        day=today,
        daily_budget=budget.daily_budget,
        reserved=budget.reserved,
        settled=budget.settled,
        available=budget.available,
        total=sum((one.cost for one in spent), Decimal(0)),
        spending=[SpentOut.of(one) for one in spent],
        campaigns=[CampaignCostOut.of(one) for one in await asked.store.campaign_costs(workspace.id)],
    )


async def _place(asked: Access, campaign_id: UUID | None) -> tuple[str, str | None]:
    """The workspace, and the campaign where one is named."""
    if campaign_id is None:
        return (await asked.workspace()).id, None
    found = await asked.campaign(campaign_id)
    return found.workspace_id, found.id
