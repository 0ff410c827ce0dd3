"""Endpoints that want to be told, and what they were told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EVENTS = ("content.labeled", "content.review")  # what an endpoint may subscribe to
MAX_ENDPOINTS = 20  # of one workspace

DeliveryState = Literal["waiting", "leased", "delivered", "dead"]


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    id: str
    workspace_id: str
    name: str  # what the action `webhook` of a rule says
    url: str
    events: tuple[str, ...]
    enabled: bool
    disabled_reason: str | None  # when it was not a person who disabled it
    failures: int  # in a row
    failing_since: datetime | None
    paused_until: datetime | None  # nothing is sent before
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One line of the log."""

    id: str  # sent as webhook-id
    endpoint_name: str
    event_type: str
    state: DeliveryState
    attempt: int
    failures: int
    run_at: datetime  # waiting: the next try
    last_status: int | None
    last_error: str | None
    last_response: str | None  # its beginning
    duration_ms: int | None
    created_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A leased delivery. (id, attempt) is the fence an answer must still match."""

    id: str
    attempt: int
    endpoint_id: str
    url: str
    event_type: str
    body: str  # signed and sent as it is
    secrets: tuple[str, ...]  # newest first; each signs


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How one try went. Delivered: no error, and a status of 200 to 299."""

    delivery_id: str
    attempt: int
    status: int | None = None  # None: nothing answered
    error: str | None = None
    response: str | None = None
    retry_after: float | None = None  # seconds the receiver asked for
    duration_ms: int = 0

    @property
    def delivered(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status <= 299


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """Of all workspaces."""

    waiting: int
    leased: int
    dead: int
    late_seconds: float | None  # how long the one due longest waits; None: none is due
    disabled: int  # endpoints, and not by a person
    last_error: str | None  # of the newest dead one
