"""Posts."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from campaignbase.api.schemas.base import Address, Given, Moment, SnakeCase, Taken, Words, example
from campaignbase.models.library import Approval, PostStatus

Links = Annotated[list[Address], Field(max_length=20)]


class PostIn(Taken):
    model_config = example(
        {
            "platform": "instagram",
            "post_text": "Rain jackets are 30% off until it stops.",
            "scheduled_time": "2030-06-01T09:00:00Z",
            "hashtags": ["rain"],
        }
    )

    platform: SnakeCase
    post_text: Annotated[str, Field(max_length=100_000)] | None = None
    campaign_id: UUID | None = None
    content_asset_id: UUID | None = None
    media_urls: Links = Field(default=[])
    scheduled_time: Moment | None = None
    hashtags: Words = Field(default=[])
    mentions: Words = Field(default=[])


class PostPatch(Taken):
    """What is sent is changed; null clears it. Status and metrics are a publisher's."""

    model_config = example({"scheduled_time": "2030-06-02T09:00:00Z"})

    platform: SnakeCase = "instagram"
    post_text: Annotated[str, Field(max_length=100_000)] | None = None
    campaign_id: UUID | None = None
    content_asset_id: UUID | None = None
    media_urls: Links = Field(default=[])
    scheduled_time: Moment | None = None
    hashtags: Words = Field(default=[])
    mentions: Words = Field(default=[])


class PostOut(Given):
    id: str
    workspace_id: str
    campaign_id: str | None
    content_asset_id: str | None
    platform: str
    post_text: str | None
    media_urls: list[str]
    scheduled_time: datetime | None
    posted_time: datetime | None
    hashtags: list[str]
    mentions: list[str]
    post_url: str | None
    status: PostStatus
    error_message: str | None
    approval: Approval
    approval_rule: str | None = Field(description="The rule that decided; null: a person, or nobody.")
    approval_note: str | None
    approval_at: datetime | None
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    engagement_rate: float | None
    created_at: datetime
    updated_at: datetime
