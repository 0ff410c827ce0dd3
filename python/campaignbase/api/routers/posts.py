"""Posts: rows to be published. Nothing publishes them yet."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from campaignbase.api.access import Asked
from campaignbase.api.pagination import Pages
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Paged
from campaignbase.api.schemas.posts import PostIn, PostOut, PostPatch
from campaignbase.core.changes import check_schedule, post_says_nothing
from campaignbase.models.library import NewPost, PostChanges, PostStatus

routes = router("posts", prefix="/posts")

SAYS_NOTHING = "says nothing; give post_text, content_asset_id or media_urls"
_SAID = ("post_text", "content_asset_id", "media_urls")


@routes.post("", status_code=201)
async def create_post(body: PostIn, asked: Asked, response: Response) -> PostOut:
    """Schedule a post. No publisher is built yet: it stays scheduled."""
    new = NewPost(**body.stated())
    if post_says_nothing(new.post_text, new.content_asset_id, new.media_urls):
        raise invalid("body", SAYS_NOTHING)
    check_schedule(new.scheduled_time, datetime.now(UTC))
    workspace = await asked.workspace()
    [key] = await asked.store.add_posts(workspace.id, [new])
    response.headers["Location"] = f"/posts/{key}"
    return PostOut.of(await asked.store.get_post(key))


@routes.get("")
async def list_posts(
    asked: Asked,
    pages: Pages,
    status: Annotated[PostStatus | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
    content_asset_id: Annotated[UUID | None, Query()] = None,
) -> Paged[PostOut]:
    """Newest first."""
    workspace = await asked.workspace()
    page = await asked.store.post_page(
        workspace.id,
        status=status,
        campaign_id=None if campaign_id is None else str(campaign_id),
        content_asset_id=None if content_asset_id is None else str(content_asset_id),
        after=pages.after,
        limit=pages.limit,
    )
    return Paged(items=[PostOut.of(one) for one in page.items], next_cursor=pages.next(page.next))


@routes.get("/{post_id}")
async def read_post(post_id: UUID, asked: Asked) -> PostOut:
    return PostOut.of(await asked.post(post_id))


@routes.patch("/{post_id}")
async def update_post(post_id: UUID, body: PostPatch, asked: Asked) -> PostOut:
    """Change what is sent."""
    found = await asked.post(post_id)
    stated = body.stated()
    if not stated:
        return PostOut.of(found)
    left = {name: stated.get(name, getattr(found, name)) for name in _SAID}
    if stated.keys() & left.keys() and post_says_nothing(*left.values()):
        raise invalid("body", f"would leave a post that {SAYS_NOTHING}")
    if found.status == "scheduled" and stated.get("scheduled_time") != found.scheduled_time:
        check_schedule(stated.get("scheduled_time"), datetime.now(UTC))
    return PostOut.of(await asked.store.update_post(found.id, PostChanges(**stated)))


@routes.delete("/{post_id}", status_code=204)
async def delete_post(post_id: UUID, asked: Asked) -> None:
    found = await asked.post(post_id)
    await asked.store.delete_post(found.id)
