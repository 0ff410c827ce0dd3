"""Counts and sums of all rows."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from campaignbase.api.schemas.base import Given


class ContentStatisticsOut(Given):
    rows: int
    by_state: dict[str, int] = Field(examples=[{"labeled": 41, "review": 2}])
    by_source: dict[str, int] = Field(description="Who decided the category; nobody: it has none.")
    confirmed: int = Field(description="Rows whose category a person wrote or confirmed.")


class PlatformStatisticsOut(Given):
    """Sums; null where the network offers no such figure."""

    platform: str
    posts: int
    scheduled: int
    posted: int
    failed: int
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    engagement_rate: float | None = Field(
        description="(likes + comments + shares + clicks) / views, of posts with views."
    )


class PostStatisticsOut(Given):
    posts: int
    scheduled: int
    posted: int
    failed: int
    platforms: list[PlatformStatisticsOut] = Field(description="By name.")


class SpentOut(Given):
    day: date
    kind: str = Field(description="What the model was asked for.", examples=["categorize_content"])
    model: str
    requests: int = Field(description="Texts it was asked about.")
    cost: Decimal


class CampaignCostOut(Given):
    id: str
    name: str
    paid_answers: int
    labeling_cost: Decimal


class SpendingOut(Given):
    """US dollars, days of UTC."""

    day: date = Field(description="Today.")
    daily_budget: Decimal | None = Field(description="Null: nothing may be spent.")
    reserved: Decimal = Field(description="What answers under way may cost at most.")
    settled: Decimal = Field(description="What was spent today.")
    available: Decimal
    total: Decimal = Field(description="Of the days asked for.")
    spending: list[SpentOut] = Field(description="By day, kind of work and model, the newest day first.")
    campaigns: list[CampaignCostOut] = Field(
        description="Labels of campaigns and their content, of all time; only those that cost something."
    )
