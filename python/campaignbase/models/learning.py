"""What is learned from, and what comes of it: confirmed rows, labeled texts, a trained head. Plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from campaignbase.models.analysis import Source


@dataclass(frozen=True, slots=True)
class TrainedHead:
    """One vector and one bias a category; score = softmax over weights . embedding + bias."""

    embedding_model: str
    train_rows: int
    threshold: float  # 0..1; of labels without one of their own
    category_ids: tuple[str, ...]
    weights: NDArray[np.float32]  # (categories, 1536)
    bias: NDArray[np.float32]  # (categories,)
    thresholds: NDArray[np.float32] | None = None  # (categories,): from which probability on each is applied
    target_precision: float = 0.98  # 0..1; how often right what it decides alone shall be
    margin: float = 0.02  # 0..1; what it may lose against the version before, and go live
    origin: Literal["person", "automatic"] = "person"
    measures: Mapping[str, Any] = field(default_factory=dict)  # as the column of trained_heads says
    comparison: Mapping[str, Any] | None = None  # as the column of trained_heads says


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Rows a head can be fitted on: one vector and one category id a row."""

    embeddings: NDArray[np.float32]  # (rows, 1536)
    category_ids: Sequence[str]
    ids: Sequence[str] = ()
    confirmed_at: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class HeadVersion:
    """A trained head without its vectors."""

    version: int
    active: bool
    origin: Literal["person", "automatic"]
    embedding_model: str
    train_rows: int
    threshold: float
    target_precision: float
    margin: float
    measures: Mapping[str, Any]
    comparison: Mapping[str, Any] | None
    activated_at: datetime | None  # the last time; None: it never went live
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LearningState:
    """How much there is to learn from."""

    confirmed: int  # rows a person filed that have a vector, golden ones aside
    fitted: int  # rows the newest version was fitted on; 0 without one
    corrected: int  # what people corrected of machines since
    lost: int = 0  # labels the newest version knew that were merged into others or removed since


@dataclass(frozen=True, slots=True)
class Prediction:
    """The best label of a row, as a head says."""

    id: str
    category_id: str
    score: float  # 0..1
    threshold: float  # 0..1; from there on it would be applied


@dataclass(frozen=True, slots=True)
class Golden:
    """A row that what is new is measured with."""

    id: str
    category_id: str
    category: str
    text: str | None
    content_hash: str | None
    embedding: NDArray[np.float32] | None
    embedding_model: str | None
    confirmed_at: datetime


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What the golden set said: a row of gate_verdicts."""

    subject: Literal["analyst", "vocabulary"]
    model: str
    prompt_version: str | None  # None: the offline analyst's
    margin: float | None  # None: nothing was measured
    comparison: Mapping[str, Any] | None  # as the column of gate_verdicts says
    passed: bool
    forced: bool = False  # a person let it decide all the same
    origin: Literal["person", "automatic"] = "person"
    basis: Literal["golden", "none"] = "golden"
    created_at: datetime | None = None  # None: not kept yet


@dataclass(frozen=True, slots=True)
class LabeledText:
    """A text whose category is known, to measure with."""

    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of a machine's answer: a row of the view corrections."""

    id: str
    content_asset_id: str | None  # either this or campaign_id
    campaign_id: str | None
    field: str
    kind: Literal["confirmed", "corrected", "cleared", "decided", "left_empty"]
    label: str | None
    machine_label: str | None
    machine_candidate: str | None  # what came nearest where no machine was sure
    machine_labels: tuple[Mapping[str, Any], ...]  # of tags: name, source, score, reason of each
    source: Source | None
    score: float | None
    rule_id: str | None
    head_version: int | None
    model: str | None
    prompt_version: str | None
    vocabulary_version: int | None
    decided_by: str | None  # a user's id
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """Content nobody was sure about."""

    id: str
    text: str | None
    candidate: str | None  # name of the category that came nearest
    score: float | None  # of the candidate, 0..1
    reasons: tuple[str, ...]
    waiting_since: datetime
    embedding: NDArray[np.float32] | None
    content_hash: str | None
