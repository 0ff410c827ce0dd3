"""Campaigns."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from campaignbase.api.access import Asked
from campaignbase.api.pagination import Pages
from campaignbase.api.problems import ProblemError, in_use
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Name, Paged
from campaignbase.api.schemas.campaigns import CampaignIn, CampaignOut, CampaignPatch, Status
from campaignbase.api.schemas.content import ContentOut
from campaignbase.errors import InputError
from campaignbase.models import NewCampaign
from campaignbase.models.library import CampaignChanges
from campaignbase.ports import Store

routes = router("campaigns", prefix="/campaigns")


@routes.post("", status_code=201)
async def create_campaign(body: CampaignIn, asked: Asked, response: Response) -> CampaignOut:
    """Create a campaign. Its category is found from its name and styles unless you set it."""
    workspace = await asked.workspace()
    new = NewCampaign(
        **body.model_dump(exclude={"target_platforms", "optimal_times"}),
        target_platforms=tuple(body.target_platforms),
        optimal_times=tuple(body.optimal_times),
    )
    await _check_name(asked.store, workspace.id, new.name)
    [key] = await asked.store.insert_campaigns(workspace.id, [new])
    response.headers["Location"] = f"/campaigns/{key}"
    return CampaignOut.of(await asked.store.get_campaign(key))


@routes.get("")
async def list_campaigns(
    asked: Asked,
    pages: Pages,
    status: Annotated[Status | None, Query()] = None,
    name: Annotated[Name | None, Query()] = None,
) -> Paged[CampaignOut]:
    """Newest first."""
    workspace = await asked.workspace()
    page = await asked.store.campaign_page(
        workspace.id, status=status, name=name, after=pages.after, limit=pages.limit
    )
    return Paged(items=[CampaignOut.of(one) for one in page.items], next_cursor=pages.next(page.next))


@routes.get("/{campaign_id}")
async def read_campaign(campaign_id: UUID, asked: Asked) -> CampaignOut:
    return CampaignOut.of(await asked.campaign(campaign_id))


@routes.patch("/{campaign_id}")
async def update_campaign(campaign_id: UUID, body: CampaignPatch, asked: Asked) -> CampaignOut:
    """Change what is sent."""
    found = await asked.campaign(campaign_id)
    stated = body.stated()
    if not stated:
        return CampaignOut.of(found)
    if stated.get("name", found.name) != found.name:
        await _check_name(asked.store, found.workspace_id, stated["name"])
    return CampaignOut.of(await asked.store.update_campaign(found.id, CampaignChanges(**stated)))


@routes.delete("/{campaign_id}", status_code=204)
async def delete_campaign(campaign_id: UUID, asked: Asked) -> None:
    """With its content and posts."""
    found = await asked.campaign(campaign_id)
    try:
        await asked.store.delete_campaign(found.id)
    except InputError as error:
        if "foreign key" not in str(error).lower():
            raise in_use(error) from error
        raise ProblemError(
            409,
            "posts elsewhere show some of its content; find them by GET /posts?content_asset_id=...",
        ) from error


@routes.get("/{campaign_id}/content")
async def list_campaign_content(campaign_id: UUID, asked: Asked, pages: Pages) -> Paged[ContentOut]:
    """A campaign's content, newest first."""
    found = await asked.campaign(campaign_id)
    page = await asked.store.content_page(
        found.workspace_id, campaign_id=found.id, after=pages.after, limit=pages.limit
    )
    return Paged(items=[ContentOut.of(one) for one in page.items], next_cursor=pages.next(page.next))


async def _check_name(store: Store, workspace_id: str, name: str) -> None:
    """Imports and agents find a campaign by its name."""
    known = await store.campaign_page(workspace_id, name=name, limit=1)
    if known.items:
        raise ProblemError(
            409, f"a campaign {name!r} exists already, {known.items[0].id}; choose another name"
        )
