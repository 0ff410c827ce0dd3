"""Labels: decide anew, explain, correct."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query

from campaignbase.api.access import Asked
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.content import Categorized, CategorizeIn, ContentOut, FeedbackIn, LabelsOut
from campaignbase.errors import NotFoundError
from campaignbase.models import Correction

routes = router("labels", prefix="/content")


@routes.post("/categorize")
async def categorize(
    asked: Asked,
    content_id: Annotated[UUID | None, Query(description="One row; or the body names several.")] = None,
    body: Annotated[CategorizeIn | None, Body()] = None,
) -> Categorized:
    """Label content and campaigns anew; what a person set stays.

    On a SQLite file it is done before the answer; on Supabase they are queued for a worker.
    """
    if (content_id is None) == (body is None):
        raise invalid("query.content_id", "name one row here or several in the body, and not both")
    wanted = body.ids if body is not None else [content_id]
    keys = list(dict.fromkeys(str(key) for key in wanted))
    for key in keys if asked.bound else []:
        await _check(asked, key)
    queued = await asked.store.queue_content(keys)
    if queued < len(keys):
        for key in keys:
            await asked.store.explain(key)  # names the one that is not there
    labeled = await asked.backend.label(keys)
    found = [(await asked.store.explain(key)).asset for key in keys]
    items = [ContentOut.of(one) for one in found if one is not None]
    return Categorized(queued=queued, labeled_here=labeled, items=items)


@routes.get("/{content_id}/labels")
async def explain_labels(content_id: UUID, asked: Asked) -> LabelsOut:
    """Every label with its source, score and reasons, and what was decided before."""
    return LabelsOut.of(await asked.explained(content_id))


@routes.post("/{content_id}/feedback")
async def record_feedback(content_id: UUID, body: FeedbackIn, asked: Asked) -> LabelsOut:
    """Say what is right, also where it is right already. No labeling changes it again."""
    found = await asked.explained(content_id)
    assert found.asset is not None  # noqa: S101 `explained` says so
    await asked.store.correct(found.asset.id, Correction(**body.stated()))
    return LabelsOut.of(await asked.explained(content_id))


async def _check(asked: Asked, key: str) -> None:
    found = await asked.store.explain(key)
    row = found.asset or found.campaign
    if row is None or row.workspace_id != (await asked.workspace()).id:
        raise NotFoundError(
            f"no content or campaign {key} in this workspace; name its own, or leave ?workspace out"
        )
