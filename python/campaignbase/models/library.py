"""What programs list, read, change and search one by one: pages, campaigns in full, posts, changes, hits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

from campaignbase.models import JobKind, LabelState, Source, Vector
from campaignbase.models.approvals import Approval as Approval

MAX_PAGE = 500  # rows

T = TypeVar("T")
SearchMode = Literal["semantic", "keyword", "hybrid"]
PostStatus = Literal["scheduled", "posted", "failed", "deleted"]


class Unchanged(Enum):
    """A field that is left alone; None clears it."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next one begins after it, whatever was added or removed meanwhile."""

    created_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Change:
    """That a row was written; `updated_at` is the last time."""

    updated_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: tuple[T, ...]
    next: Cursor | None  # None: there are no more


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """What may be changed of content that is no label; a label is changed by a Correction.

    Another text is labeled again: content, else prompt, else alt_text.
    """

    content: str | Unchanged | None = UNCHANGED
    prompt: str | Unchanged | None = UNCHANGED
    alt_text: str | Unchanged | None = UNCHANGED
    file_url: str | Unchanged | None = UNCHANGED
    generator: str | Unchanged | None = UNCHANGED
    parameters: Mapping[str, Any] | Unchanged = UNCHANGED
    campaign_id: str | Unchanged | None = UNCHANGED


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """A campaign as its table has it; `Campaign` is its line in the overview."""

    id: str
    workspace_id: str
    name: str
    campaign_type: str
    status: str  # draft, active, paused, completed
    target_platforms: tuple[str, ...]
    content_style: str | None
    visual_style: str | None
    hashtag_strategy: str | None
    cta_pattern: str | None
    estimated_cost: Decimal | None
    actual_cost: Decimal
    start_date: datetime | None
    end_date: datetime | None
    posting_frequency: str | None
    optimal_times: tuple[str, ...]  # in the workspace's time zone
    primary_category: str | None
    category_source: Source | None
    label_state: LabelState
    confirmed_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignChanges:
    """What may be changed of a campaign but its category, which is changed by a Correction."""

    name: str | Unchanged = UNCHANGED
    campaign_type: str | Unchanged = UNCHANGED
    status: str | Unchanged = UNCHANGED
    target_platforms: tuple[str, ...] | Unchanged = UNCHANGED
    content_style: str | Unchanged | None = UNCHANGED
    visual_style: str | Unchanged | None = UNCHANGED
    hashtag_strategy: str | Unchanged | None = UNCHANGED
    cta_pattern: str | Unchanged | None = UNCHANGED
    estimated_cost: Decimal | Unchanged | None = UNCHANGED  # two places
    start_date: datetime | Unchanged | None = UNCHANGED
    end_date: datetime | Unchanged | None = UNCHANGED
    posting_frequency: str | Unchanged | None = UNCHANGED
    optimal_times: tuple[str, ...] | Unchanged = UNCHANGED


@dataclass(frozen=True, slots=True)
class NewPost:
    platform: str  # lower_snake_case
    post_text: str | None = None
    campaign_id: str | None = None
    content_asset_id: str | None = None
    media_urls: tuple[str, ...] = ()
    scheduled_time: datetime | None = None
    hashtags: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    workspace_id: str
    campaign_id: str | None
    content_asset_id: str | None
    platform: str
    post_text: str | None
    media_urls: tuple[str, ...]
    scheduled_time: datetime | None
    posted_time: datetime | None
    hashtags: tuple[str, ...]
    mentions: tuple[str, ...]
    post_url: str | None
    status: PostStatus
    error_message: str | None
    approval: Approval
    views: int | None  # this and the following: None where the network does not offer it
    likes: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    engagement_rate: float | None  # (likes + comments + shares + clicks) / views; None without views
    created_at: datetime
    updated_at: datetime
    approval_rule: str | None = None  # name of the rule that decided; None: a person, or nobody
    approval_note: str | None = None
    approval_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostChanges:
    """What may be changed of a post; its status and metrics are a publisher's."""

    platform: str | Unchanged = UNCHANGED
    post_text: str | Unchanged | None = UNCHANGED
    campaign_id: str | Unchanged | None = UNCHANGED
    content_asset_id: str | Unchanged | None = UNCHANGED
    media_urls: tuple[str, ...] | Unchanged = UNCHANGED
    scheduled_time: datetime | Unchanged | None = UNCHANGED
    hashtags: tuple[str, ...] | Unchanged = UNCHANGED
    mentions: tuple[str, ...] | Unchanged = UNCHANGED


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What to find. semantic needs a vector, keyword a text, hybrid both."""

    workspace_id: str | None = None  # None: all the caller may see
    text: str | None = None  # its words; content that has any of them is found
    vector: Vector | None = None  # of the text, by the workspace's model
    model: str | None = None  # only rows embedded by it; keyword search does not ask
    mode: SearchMode = "hybrid"
    limit: int = 10  # clamped to 1..100
    min_similarity: float | None = None  # of what is found by meaning; what has the words is found anyway
    category: str | None = None
    tag: str | None = None
    campaign_id: str | None = None
    sentiment: str | None = None
    language: str | None = None  # ISO 639-1


@dataclass(frozen=True, slots=True)
class FoundContent:
    id: str
    text: str | None
    primary_category: str | None
    tags: tuple[str, ...]
    score: float  # what the order goes by: similarity, rank, or both fused
    similarity: float | None  # cosine, -1..1; None where it was not found by meaning
    rank: float | None  # weight of the words it has; None where it was not found by words


@dataclass(frozen=True, slots=True)
class ContentStatistics:
    """Of all content there is."""

    rows: int
    by_state: Mapping[LabelState, int]
    by_source: Mapping[str, int]  # who decided the category; "nobody" where there is none
    confirmed: int  # whose category a person wrote or confirmed


@dataclass(frozen=True, slots=True)
class PlatformStatistics:
    """Sums over all posts; None where the network offers no such figure."""

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
    engagement_rate: float | None  # (likes + comments + shares + clicks) / views, of posts with views


@dataclass(frozen=True, slots=True)
class PostStatistics:
    posts: int
    scheduled: int
    posted: int
    failed: int
    platforms: tuple[PlatformStatistics, ...]  # by name


@dataclass(frozen=True, slots=True)
class DeadJob:
    """Work that failed for good; replay_jobs lets it wait again."""

    id: int
    workspace_id: str
    kind: JobKind
    target_id: str
    failures: int
    error: str | None
    created_at: datetime
    updated_at: datetime


def given(changes: ContentChanges | CampaignChanges | PostChanges) -> dict[str, Any]:
    """The fields that are to change, with their values."""
    values = {field.name: getattr(changes, field.name) for field in fields(changes)}
    return {name: value for name, value in values.items() if value is not UNCHANGED}
