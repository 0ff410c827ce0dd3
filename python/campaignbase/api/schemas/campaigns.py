"""Campaigns."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from campaignbase.api.schemas.base import Digits, Given, Line, Moment, Name, SnakeCase, Taken, Word, example
from campaignbase.models import LabelState, Source

Status = Literal["draft", "active", "paused", "completed"]
Cost = Annotated[Decimal, Field(ge=0, le=9_999_999, decimal_places=2), Digits]
Platforms = Annotated[list[SnakeCase], Field(max_length=50)]
Times = Annotated[list[Name], Field(max_length=50, description="Of day, in the workspace's time zone.")]


class CampaignIn(Taken):
    model_config = example(
        {
            "name": "Summer at the lake",
            "campaign_type": "seasonal_offer",
            "target_platforms": ["instagram", "email"],
            "start_date": "2030-06-01T00:00:00Z",
            "posting_frequency": "twice a week",
            "optimal_times": ["09:00", "fri 17:30"],
        }
    )

    name: Name
    campaign_type: SnakeCase = "general"
    status: Status = "draft"
    target_platforms: Platforms = Field(default=[])
    content_style: Line | None = None
    visual_style: Line | None = None
    hashtag_strategy: Line | None = None
    cta_pattern: Line | None = None
    primary_category: Word | None = Field(None, description="Yours; without it the category is found.")
    estimated_cost: Cost | None = None
    start_date: Moment | None = None
    end_date: Moment | None = Field(None, description="Not before start_date.")
    posting_frequency: Line | None = None
    optimal_times: Times = Field(default=[])


class CampaignPatch(Taken):
    """What is sent is changed; null clears it."""

    model_config = example({"status": "active"})

    name: Name = ""
    campaign_type: SnakeCase = "general"
    status: Status = "draft"
    target_platforms: Platforms = Field(default=[])
    content_style: Line | None = None
    visual_style: Line | None = None
    hashtag_strategy: Line | None = None
    cta_pattern: Line | None = None
    estimated_cost: Cost | None = None
    start_date: Moment | None = None
    end_date: Moment | None = Field(None, description="Not before start_date.")
    posting_frequency: Line | None = None
    optimal_times: Times = Field(default=[])


class CampaignOut(Given):
    id: str
    workspace_id: str
    name: str
    campaign_type: str
    status: str
    target_platforms: list[str]
    content_style: str | None
    visual_style: str | None
    hashtag_strategy: str | None
    cta_pattern: str | None
    estimated_cost: Decimal | None
    actual_cost: Decimal
    start_date: datetime | None
    end_date: datetime | None
    posting_frequency: str | None
    optimal_times: list[str]
    primary_category: str | None
    category_source: Source | None
    label_state: LabelState
    confirmed_at: datetime | None
    created_at: datetime
    updated_at: datetime
