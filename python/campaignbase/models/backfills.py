"""Work on rows that are there already: what it is, how far it got, what comes next. Plain data, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from campaignbase.models import Job, Vector

BackfillKind = Literal["labels", "vectors"]
BackfillState = Literal["running", "paused", "ready", "switched", "rolled_back", "done", "canceled"]
OPEN: tuple[BackfillState, ...] = ("running", "paused", "ready")
END = "end"  # the place behind the last row


@dataclass(frozen=True, slots=True)
class NewBackfill:
    kind: BackfillKind
    selection: Mapping[str, Any] = field(default_factory=dict)  # of labels; as core.selection writes it
    embedding_model: str | None = None  # of vectors
    batched: bool = False  # labels: ask a model in batches, at half the price, within a day
    switches: bool = True  # vectors: use them as soon as all are there


@dataclass(frozen=True, slots=True)
class Backfill:
    id: str
    workspace_id: str
    kind: BackfillKind
    state: BackfillState
    selection: Mapping[str, Any]
    batched: bool
    switches: bool
    embedding_model: str | None
    previous_model: str | None
    total: int  # rows to look at when it began
    scanned: int  # rows looked at; of vectors some twice
    taken: int  # of those, rows to do
    done: int
    changed: int  # labels: rows whose category is another now
    failed: int
    cost: Decimal  # US dollars
    seconds: float  # at work: what it waited or was paused is not counted
    run_at: datetime | None  # not before; None: never again
    last_error: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class BackfillRows:
    """What a look or a claim brought."""

    place: str  # where the next one goes on; END
    scanned: int  # rows looked at; 0 where nobody asked
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class SpareText:
    """A text that has no vector by the new model yet."""

    kind: str  # as jobs have it
    target_id: str
    content_hash: str
    text: str


@dataclass(frozen=True, slots=True)
class SpareTexts:
    state: BackfillState  # ready: there are no more
    place: str
    texts: tuple[SpareText, ...]


@dataclass(frozen=True, slots=True)
class SpareVector:
    kind: str
    target_id: str
    content_hash: str
    embedding: Vector | None  # None: there is nothing to embed


@dataclass(frozen=True, slots=True)
class Switched:
    switched: int  # rows whose vector is the other model's now
    queued: int  # rows that wait for a worker to make theirs


@dataclass(frozen=True, slots=True)
class ModelBatch:
    """Questions that wait with a provider."""

    id: str
    workspace_id: str
    backfill_id: str
    model: str
    ticket: Mapping[str, Any]
    hashes: Mapping[str, str]  # id of a row -> content hash that was asked about
    reservation_id: str | None
    look_at: datetime
