"""API keys: made and revoked by owners, never with a key."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from campaignbase.api.access import Asked
from campaignbase.api.idempotency import HEADER
from campaignbase.api.pagination import Pages
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.api_keys import ApiKeyEventOut, ApiKeyIn, ApiKeyMade, ApiKeyOut
from campaignbase.api.schemas.base import Listed, Paged
from campaignbase.core.api_keys import RANDOM_BYTES, scopes_of, token_hash, token_of
from campaignbase.errors import NotFoundError
from campaignbase.models.api_keys import NewApiKey

routes = router("API keys", prefix="/api-keys")

LONGEST = timedelta(days=3650)


@routes.post("", status_code=201)
async def create_api_key(body: ApiKeyIn, asked: Asked, request: Request, response: Response) -> ApiKeyMade:
    """Let a program ask about this workspace. For owners; the key is shown this once."""
    if HEADER in request.headers:
        raise invalid(f"header.{HEADER}", "not here: the answer holds a key, which is kept nowhere")
    _ = asked.backend.keys  # refuses where keys are off
    workspace = await asked.workspace()
    now = datetime.now(UTC)
    if body.expires_at is not None and not now < body.expires_at <= now + LONGEST:
        raise invalid("body.expires_at", f"expected a time within the next {LONGEST.days} days, or null")
    token = token_of(secrets.token_bytes(RANDOM_BYTES))
    made = await asked.store.add_api_key(
        workspace.id,
        NewApiKey(
            body.name,
            body.role,
            scopes_of(body.role, body.scopes),
            token.prefix,
            token_hash(token.text),
            body.expires_at,
        ),
    )
    response.headers["Location"] = f"/api-keys/{made.id}"
    return ApiKeyMade(**ApiKeyOut.of(made).model_dump(), key=token.text)


@routes.get("")
async def list_api_keys(asked: Asked) -> Listed[ApiKeyOut]:
    """Oldest first, revoked and expired ones too; nobody but owners sees any."""
    workspace = await asked.workspace()
    return Listed(items=[ApiKeyOut.of(one) for one in await asked.store.api_keys(workspace.id)])


@routes.get("/log")
async def api_key_log(
    asked: Asked,
    pages: Pages,
    key_id: Annotated[UUID | None, Query(description="Of one key alone.")] = None,
) -> Paged[ApiKeyEventOut]:
    """Who created and revoked keys, and every request with one in the last 90 days, newest first."""
    workspace = await asked.workspace()
    page = await asked.store.api_key_log(
        workspace.id, key_id=None if key_id is None else str(key_id), after=pages.after, limit=pages.limit
    )
    return Paged(items=[ApiKeyEventOut.of(one) for one in page.items], next_cursor=pages.next(page.next))


@routes.delete("/{key_id}", status_code=204)
async def revoke_api_key(key_id: UUID, asked: Asked) -> None:
    """At once and for good; it stays listed. For owners."""
    if asked.named is not None:
        held = await asked.store.api_keys((await asked.workspace()).id)
        if str(key_id) not in {one.id for one in held}:
            raise NotFoundError(f"no API key {key_id} in workspace {asked.named!r}")
    revoked = await asked.store.revoke_api_key(str(key_id))
    await asked.backend.keys.revoked(revoked.id)
