"""Content, its labels, and corrections."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from campaignbase.api.schemas.base import AN_ID, Address, Given, Parameters, Taken, Text, Word, Words, example
from campaignbase.models import LabelState, Sentiment, Source
from campaignbase.models.approvals import Approval

SourceKey = Annotated[str, Field(min_length=1, max_length=500)]


class ContentIn(Taken):
    """At least a text, an address of a file, or asset_type image or video, whose file is put later."""

    model_config = example({"content": "Rain jackets are 30% off until it stops.", "source_key": "shop-17"})

    asset_type: Literal["text", "image", "video"] = "text"
    content: Text | None = None
    prompt: Text | None = None
    alt_text: Text | None = None
    file_url: Address | None = None
    source_key: SourceKey | None = Field(
        None,
        description="Yours. Sent again, it is the same row: another text takes the place of its text.",
    )
    campaign_id: UUID | None = None
    generator: Word | None = None
    parameters: Parameters = Field(default={})
    primary_category: Word | None = Field(None, description="Yours; without it the category is found.")
    tags: Words = Field(default=[])
    sentiment: Sentiment | None = None
    target_audience: Word | None = None


class ContentBulk(Taken):
    model_config = example(
        {
            "items": [
                {"content": "Rain jackets are 30% off until it stops.", "source_key": "shop-17"},
                {"content": "Meet us on Saturday."},
            ]
        }
    )

    items: Annotated[list[ContentIn], Field(min_length=1, max_length=500)]


class ContentPatch(Taken):
    """What is sent is changed; null clears it. Labels are corrected by POST /content/{id}/feedback."""

    model_config = example({"content": "Rain jackets are 40% off until it stops."})

    content: Text | None = None
    prompt: Text | None = None
    alt_text: Text | None = None
    file_url: Address | None = None
    generator: Word | None = None
    parameters: Parameters = Field(default={})
    campaign_id: UUID | None = None


class ContentOut(Given):
    id: str
    workspace_id: str
    asset_type: str
    text: str | None = Field(description="What labels go by: content, else prompt, alt_text, file name.")
    prompt: str | None
    alt_text: str | None
    file_path: str | None
    file_url: str | None
    generator: str | None
    parameters: Mapping[str, Any]
    campaign_id: str | None
    source_key: str | None
    primary_category: str | None
    category_source: Source | None
    tags: list[str]
    sentiment: str | None
    sentiment_source: Source | None
    target_audience: str | None
    audience_source: Source | None
    label_state: LabelState
    language: str | None
    quality_score: float | None
    quality_parts: Mapping[str, float] | None
    confirmed_at: datetime | None
    approval: Approval
    approval_rule: str | None = Field(description="The rule that decided; null: a person, or nobody.")
    approval_note: str | None
    approval_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Became(Given):
    id: str
    outcome: Literal["added", "updated", "unchanged", "kept"]


class Inserted(Given):
    inserted: int
    updated: int = Field(description="Its source_key was known, with another text or without your category.")
    skipped: int = Field(description="Its source_key was known, and nothing is new.")
    kept: int = Field(description="Its source_key was known, and a person filed it elsewhere: that stays.")
    rows: list[Became] = Field(description="What became of each item, in the order given.")
    ids: list[str] = Field(description="Of inserted and updated rows, in the order given.")


class CategorizeIn(Taken):
    model_config = example({"ids": [AN_ID]})

    ids: Annotated[list[UUID], Field(min_length=1, max_length=100, description="Content or campaigns.")]


class Categorized(Given):
    queued: int = Field(description="How many were found and queued.")
    labeled_here: bool = Field(description="False: a worker does, soon.")
    items: list[ContentOut] = Field(description="The content among them, as it is now.")


class FeedbackIn(Taken):
    """What is right; kept from then on, and learned from. '' clears a field."""

    model_config = example({"category": "event", "add_tags": ["rooftop"]})

    category: Annotated[str, Field(max_length=100)] | None = None
    sentiment: Literal["positive", "neutral", "negative", "mixed", ""] | None = None
    audience: Annotated[str, Field(max_length=100)] | None = None
    add_tags: Words = Field(default=[])
    remove_tags: Words = Field(default=[])
    confirm: list[Literal["category", "sentiment", "audience", "tags"]] = Field(
        default=[], max_length=4, description="What is right as it stands, or rightly empty."
    )


class TagLinkOut(Given):
    name: str
    tag_type: str | None
    source: Source
    score: float | None
    reason: str | None
    state: Literal["applied", "rejected"]


class DecisionOut(Given):
    field: str
    label: str | None
    candidate: str | None
    previous_label: str | None
    source: Source | None
    score: float | None
    reasons: list[str]
    outcome: str
    model: str | None
    prompt_version: str | None
    vocabulary_version: int | None
    embedding_model: str | None
    latency_ms: int | None
    cost: Decimal | None = Field(description="US dollars, on the category; null: it cost nothing.")
    created_at: datetime


class LabelsOut(Given):
    """Why a row has the labels it has."""

    asset: ContentOut
    tags: list[TagLinkOut]
    decisions: list[DecisionOut] = Field(description="Newest first.")
    job_state: Literal["waiting", "leased", "dead"] | None
    job_error: str | None


class FileOut(Given):
    path: str
    size: int
    content_type: str


class StoredFileOut(Given):
    name: str
    path: str
    content_type: str
    shown: bool = Field(description="It is the one the content shows.")
