"""Counts and sums of all rows."""

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
