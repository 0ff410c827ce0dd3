"""API keys and their log."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from campaignbase.api.schemas.base import Given, Moment, Taken, example

Scope = Literal[
    "campaigns:read",
    "campaigns:write",
    "content:read",
    "content:write",
    "embeddings:read",
    "operations:read",
    "posts:read",
    "posts:write",
    "rules:read",
    "rules:write",
    "search:read",
    "vocabulary:read",
    "vocabulary:write",
]
KeyName = Annotated[
    str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]


class ApiKeyIn(Taken):
    model_config = example(
        {"name": "newsletter import", "role": "editor", "scopes": ["content:write", "search:read"]}
    )

    name: KeyName
    role: Literal["editor", "viewer"] = Field("viewer", description="A viewer's key reads.")
    scopes: Annotated[list[Scope], Field(max_length=50)] = Field(
        default=[],
        description="None: all that the role may have.",
    )
    expires_at: Moment | None = Field(None, description="Null: never.")


class ApiKeyOut(Given):
    id: UUID
    workspace_id: UUID
    name: str
    prefix: str = Field(description="What follows `cb_`; no secret.")
    role: str
    scopes: list[str]
    created_by: UUID | None
    revoked_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class ApiKeyMade(ApiKeyOut):
    key: str = Field(description="Shown this once.", examples=["cb_..."])


class ApiKeyEventOut(Given):
    id: UUID
    key_id: UUID
    event: str = Field(description="created, revoked, request")
    actor_id: UUID | None = Field(description="Who created or revoked it; null: the service.")
    method: str | None
    route: str | None = Field(description="The template: no ids, no query.")
    status: int | None
    request_id: str | None
    address: str | None
    created_at: datetime
