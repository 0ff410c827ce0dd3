"""Who may be published: approvals of content and posts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from campaignbase.api.access import Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.approvals import ApprovalIn, ApprovalOut, WaitingOut
from campaignbase.api.schemas.base import Digits, Listed
from campaignbase.api.schemas.content import ContentOut
from campaignbase.api.schemas.posts import PostOut

routes: APIRouter = router("approvals")


@routes.get("/approvals")
async def list_approvals(
    asked: Asked,
    limit: Annotated[int, Digits, Query(ge=1, le=500)] = 100,
    campaign_id: Annotated[UUID | None, Query()] = None,
) -> Listed[WaitingOut]:
    """What waits for a person, longest first."""
    workspace = await asked.workspace()
    found = await asked.store.approval_queue(
        workspace.id, limit, None if campaign_id is None else str(campaign_id)
    )
    return Listed(items=[WaitingOut.of(one) for one in found])


@routes.post("/content/{content_id}/approval")
async def approve_content(content_id: UUID, body: ApprovalIn, asked: Asked) -> ContentOut:
    """Approve, reject, or let it wait; what is not approved can neither be scheduled nor posted."""
    found = await asked.content(content_id)
    await asked.store.set_approval(found.id, body.approval, body.note)
    return ContentOut.of(await asked.content(content_id))


@routes.get("/content/{content_id}/approvals")
async def list_content_approvals(content_id: UUID, asked: Asked) -> Listed[ApprovalOut]:
    """How it came about, newest first."""
    found = await asked.content(content_id)
    return Listed(items=[ApprovalOut.of(one) for one in await asked.store.approvals(found.id)])


@routes.post("/posts/{post_id}/approval")
async def approve_post(post_id: UUID, body: ApprovalIn, asked: Asked) -> PostOut:
    """Approve, reject, or let it wait."""
    found = await asked.post(post_id)
    await asked.store.set_approval(found.id, body.approval, body.note)
    return PostOut.of(await asked.post(post_id))


@routes.get("/posts/{post_id}/approvals")
async def list_post_approvals(post_id: UUID, asked: Asked) -> Listed[ApprovalOut]:
    """How it came about, newest first."""
    found = await asked.post(post_id)
    return Listed(items=[ApprovalOut.of(one) for one in await asked.store.approvals(found.id)])
