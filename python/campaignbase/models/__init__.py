"""What travels between the rooms: rows, jobs, contexts, decisions. Plain data, no I/O.

Ids are uuid strings, times aware datetimes in UTC, vectors float32 arrays of 1536 numbers and unit length.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from campaignbase.models.analysis import Analysis as Analysis
from campaignbase.models.analysis import Failure as Failure
from campaignbase.models.analysis import LabelChoice as LabelChoice
from campaignbase.models.analysis import Source as Source
from campaignbase.models.analysis import TagChoice as TagChoice
from campaignbase.models.analysis import Usage as Usage
from campaignbase.models.approvals import Approval
from campaignbase.models.budget import Fallback
from campaignbase.models.curation import TagGroup as TagGroup
from campaignbase.models.learning import Confirmed as Confirmed
from campaignbase.models.learning import LabeledText as LabeledText
from campaignbase.models.learning import TrainedHead as TrainedHead
from campaignbase.models.rules import Rule as Rule

DIMENSIONS = 1536  # width of every vector column; sql/tables/content_assets.sql
DEFAULT_WORKSPACE_ID = "00000000-0000-0000-0000-000000000001"
MAX_MACHINE_TAGS = 8
AUDIENCE = "audience"  # the tag_type a target audience has

Vector = NDArray[np.float32]
JobKind = Literal["categorize_content", "categorize_campaign", "embed_category", "embed_tag"]
LabelState = Literal["queued", "labeled", "review", "failed"]
Sentiment = Literal["positive", "neutral", "negative", "mixed"]
Verdict = Literal["accepted", "stale", "unknown_label"]


@dataclass(frozen=True, slots=True)
class Workspace:
    id: str
    name: str
    embedding_model: str | None  # None until the first vector is written
    vocabulary_version: int
    timezone: str = "UTC"  # IANA name; posting times are read in it


@dataclass(frozen=True, slots=True)
class Job:
    """A leased job. (id, attempt) is the fence an answer must still match."""

    id: int
    attempt: int
    kind: JobKind
    workspace_id: str
    target_id: str
    content_hash: str | None  # None: nothing to read
    text: str | None  # None: nothing to read
    embedding_model: str | None  # the workspace's; None until its first vector
    embedding: Vector | None  # the stored vector where hash and model still match


@dataclass(frozen=True, slots=True)
class Category:
    id: str
    name: str
    parent_id: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    manual_only: bool = False
    usage_count: int = 0
    counter_examples: tuple[str, ...] = ()  # texts that look like it and are not
    aliases: tuple[str, ...] = ()  # other names that mean it


@dataclass(frozen=True, slots=True)
class Tag:
    id: str
    name: str
    tag_type: str | None = None
    description: str | None = None
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    manual_only: bool = False
    usage_count: int = 0
    group: str | None = None  # name of a TagGroup
    related: tuple[str, ...] = ()  # names of tags used or meant like it, the likest first


@dataclass(frozen=True, slots=True)
class HeadInfo:
    """The trained head a workspace uses; its vectors stay in the store."""

    id: str
    embedding_model: str
    train_rows: int
    threshold: float  # 0..1; of labels without one of their own
    version: int = 1
    thresholds: Mapping[str, float] = field(default_factory=dict)  # category id -> 0..1

    def threshold_of(self, category_id: str) -> float:
        return self.thresholds.get(category_id, self.threshold)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A workspace's labels and enabled rules; rules by priority, then age."""

    version: int
    categories: tuple[Category, ...]
    tags: tuple[Tag, ...]
    rules: tuple[Rule, ...]
    head: HeadInfo | None = None
    groups: tuple[TagGroup, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A row whose category a person confirmed."""

    id: str
    category_id: str
    similarity: float  # cosine, -1..1
    equal: bool  # the very same text
    tags: tuple[str, ...] = ()  # names of those a person put there
    audience: str | None = None  # name; only when a person set it
    text: str | None = None  # the beginning of it


@dataclass(frozen=True, slots=True)
class ItemContext:
    """What is known about one row before it is decided."""

    target_id: str
    workspace_id: str
    facts: Mapping[str, Any] | None  # as core.rules reads them; None for a campaign
    human_fields: frozenset[str]  # of category, sentiment, audience: a person's, kept
    rejected_tags: frozenset[str]  # tag ids a person refused
    matched_rules: tuple[str, ...]  # ids of categorization rules whose conditions hold, in no order
    categories: tuple[tuple[str, float], ...]  # (id, cosine), nearest first, at most 12
    tags: tuple[tuple[str, float], ...]  # (id, cosine), nearest first: 20, and those of groups that need one
    neighbors: tuple[Neighbor, ...]  # equal text first, then nearest first
    trained: tuple[tuple[str, float], ...]  # (category id, probability), best first, at most 12
    slow_rules: tuple[str, ...] = ()  # ids of those that gave no answer in time; Postgres always answers
    category: str | None = None  # name of the one it has now, whoever decided
    human_tags: frozenset[str] = frozenset()  # ids of those a person put there


@dataclass(frozen=True, slots=True)
class Context:
    workspaces: Mapping[str, Vocabulary]
    items: Mapping[str, ItemContext]


@dataclass(frozen=True, slots=True)
class ContextRequest:
    kind: JobKind
    target_id: str
    embedding: Vector | None
    content_hash: str | None


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """A text with what is known about it. `item.categories` and `item.tags` are the shortlist by vector."""

    text: str
    item: ItemContext
    vocabulary: Vocabulary


@dataclass(frozen=True, slots=True)
class JobResult:
    """The answer to one job: a failure, or what to write. For embed_* jobs only the vector counts."""

    job_id: int
    attempt: int
    failure: Failure | None = None
    embedding: Vector | None = None  # None with embedding_kept False: nothing to embed
    embedding_kept: bool = False  # the stored vector is still right
    embedding_model: str | None = None
    content_hash: str | None = None
    category: LabelChoice | None = None
    sentiment: LabelChoice | None = None
    audience: LabelChoice | None = None
    tags: tuple[TagChoice, ...] = ()
    language: str | None = None
    quality_score: float | None = None
    quality_parts: Mapping[str, float] | None = None
    rules: tuple[tuple[str, bool], ...] = ()  # (rule id, took effect)
    proposals: tuple[str, ...] = ()  # words met that are no tags
    model: str | None = None
    fallback: Fallback | None = None
    prompt_version: str | None = None
    vocabulary_version: int | None = None
    cost: Decimal | None = None
    latency_ms: int | None = None
    changed: bool = False  # the category is another now; counted by the backfill that took the row


@dataclass(frozen=True, slots=True)
class NewContent:
    """A row to insert. A category, sentiment, tags or audience given here count as a person's."""

    asset_type: str = "text"
    content: str | None = None
    prompt: str | None = None
    alt_text: str | None = None
    file_path: str | None = None
    file_url: str | None = None
    source_key: str | None = None
    campaign_id: str | None = None
    generator: str | None = None
    generation_cost: Decimal | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    primary_category: str | None = None
    tags: tuple[str, ...] = ()
    sentiment: str | None = None
    target_audience: str | None = None
    golden: bool = False  # of a new row with a category: what is new is measured with it, nothing learns it


@dataclass(frozen=True, slots=True)
class NewCampaign:
    name: str
    campaign_type: str = "general"
    status: str = "draft"
    target_platforms: tuple[str, ...] = ()
    content_style: str | None = None
    visual_style: str | None = None
    hashtag_strategy: str | None = None
    cta_pattern: str | None = None
    primary_category: str | None = None
    estimated_cost: Decimal | None = None  # two places
    start_date: datetime | None = None
    end_date: datetime | None = None  # not before start_date
    posting_frequency: str | None = None
    optimal_times: tuple[str, ...] = ()  # 09:00 or mon 09:00, in the workspace's time zone


@dataclass(frozen=True, slots=True)
class WrittenRow:
    id: str
    outcome: Literal["added", "updated", "unchanged", "kept"]  # as InsertCounts has them


@dataclass(frozen=True, slots=True)
class InsertCounts:
    inserted: int = 0
    updated: int = 0  # same source_key, other text or campaign, or a person's first category
    skipped: int = 0  # same source_key, nothing new
    kept: int = 0  # same source_key and text, and a person decided another category: it stays
    ids: tuple[str, ...] = ()  # of inserted and updated rows, in the order given
    # what became of each row that was given, in order; one that a later row replaced is unchanged
    rows: tuple[WrittenRow, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class ContentAsset:
    id: str
    workspace_id: str
    asset_type: str
    text: str | None  # what labels go by: content, else prompt, alt_text, file name
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
    tags: tuple[str, ...]
    sentiment: str | None
    sentiment_source: Source | None
    target_audience: str | None
    audience_source: Source | None
    label_state: LabelState
    language: str | None
    quality_score: float | None
    quality_parts: Mapping[str, float] | None
    embedding_model: str | None
    confirmed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    approval: Approval = "none"
    approval_rule: str | None = None  # name of the rule that decided; None: a person, or nobody
    approval_note: str | None = None
    approval_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Campaign:
    id: str
    workspace_id: str
    name: str
    campaign_type: str
    status: str
    primary_category: str | None
    category_source: Source | None
    label_state: LabelState
    actual_cost: Decimal
    content_count: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TagLink:
    name: str
    tag_type: str | None
    source: Source
    score: float | None
    reason: str | None
    state: Literal["applied", "rejected"]


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One row of the history (table categorizations)."""

    field: str
    label: str | None  # of tags: their names, best first
    labels: tuple[Mapping[str, Any], ...]  # of a machine's tags: name, source, score, reason of each
    candidate: str | None  # of a category nobody was sure of: what came nearest, by its name at that time
    previous_label: str | None
    source: Source | None
    score: float | None
    reasons: tuple[str, ...]
    outcome: str
    model: str | None
    prompt_version: str | None
    vocabulary_version: int | None
    embedding_model: str | None
    latency_ms: int | None
    created_at: datetime
    cost: Decimal | None = None  # in US dollars, on the category
    fallback: Fallback | None = None
    rule_id: str | None = None  # of source rule, also of one that is gone
    head_version: int | None = None  # of source trained


@dataclass(frozen=True, slots=True)
class Explanation:
    """A row with everything that was decided about it; exactly one of asset and campaign is set."""

    asset: ContentAsset | None
    campaign: Campaign | None
    tags: tuple[TagLink, ...]
    decisions: tuple[DecisionRecord, ...]  # newest first
    job_state: str | None  # waiting, leased, dead; None when nothing is to do
    job_error: str | None


@dataclass(frozen=True, slots=True)
class SearchHit:
    id: str
    text: str | None
    primary_category: str | None
    tags: tuple[str, ...]
    similarity: float


@dataclass(frozen=True, slots=True)
class QueueStatus:
    workspace_name: str
    kind: JobKind
    waiting: int
    leased: int
    dead: int
    oldest_seconds: float | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of labels; None leaves a field alone, '' clears it."""

    category: str | None = None
    sentiment: str | None = None
    audience: str | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()  # fields, and tags: right as they stand, or rightly empty
