"""Keys that programs ask the REST API with, and what was done with them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

KeyRole = Literal["editor", "viewer"]


@dataclass(frozen=True, slots=True)
class NewApiKey:
    name: str
    role: str
    scopes: tuple[str, ...]
    prefix: str
    token_hash: str  # sha256 of the whole key
    expires_at: datetime | None = None  # None: never


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str  # and of the user its requests run as, on a Supabase project
    workspace_id: str
    name: str
    prefix: str
    role: KeyRole
    scopes: tuple[str, ...]
    created_by: str | None  # None: the service, or the one user of a file
    revoked_by: str | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundApiKey:
    """By its hash; it may be no good any more."""

    key: ApiKey
    expired: bool  # by the database's clock
    signing_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request that was made with a key."""

    id: str  # of its line in the log
    key_id: str
    method: str
    route: str  # the template
    status: int
    request_id: str
    address: str
    seconds_ago: float


@dataclass(frozen=True, slots=True)
class ApiKeyEvent:
    """One line of the log."""

    id: str
    key_id: str
    event: Literal["created", "revoked", "request"]
    actor_id: str | None
    method: str | None
    route: str | None
    status: int | None
    request_id: str | None
    address: str | None
    created_at: datetime
