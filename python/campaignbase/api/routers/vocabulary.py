"""Categories and tags: what a workspace files its content by."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path

from campaignbase.api.access import Asked
from campaignbase.api.problems import ProblemError, in_use, invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Listed
from campaignbase.api.schemas.vocabulary import CategoryIn, CategoryOut, TagIn, TagOut
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category, Tag

routes = router("vocabulary")

# a name may hold "/", sent as %2F: servers decode it before a route is looked for
Named = Annotated[str, Path(min_length=1, max_length=200, description="Its name, as listed.")]


@routes.get("/categories")
async def list_categories(asked: Asked) -> Listed[CategoryOut]:
    """By name."""
    workspace = await asked.workspace()
    return Listed(items=[CategoryOut.of(one) for one in await asked.store.categories(workspace.id)])


@routes.post("/categories", status_code=201)
async def create_category(body: CategoryIn, asked: Asked) -> CategoryOut:
    """With what belongs there, in words: models read it."""
    workspace = await asked.workspace()
    _check_parent(body, await asked.store.categories(workspace.id))
    if not await asked.store.add_categories(workspace.id, [_category(body)]):
        raise ProblemError(409, f"a category {body.name!r} exists already; choose another name")
    return await _category_of(asked, workspace.id, body.name)


@routes.put("/categories/{name:path}")
async def replace_category(name: Named, body: CategoryIn, asked: Asked) -> CategoryOut:
    """All of it, its name too; content that has it keeps it under the new name."""
    workspace = await asked.workspace()
    known = await asked.store.categories(workspace.id)
    _check_parent(body, [one for one in known if one.name != name])
    if body.name != name and any(one.name == body.name for one in known):
        raise ProblemError(409, f"a category {body.name!r} exists already; choose another name")
    await asked.store.edit_category(workspace.id, name, _category(body))
    return await _category_of(asked, workspace.id, body.name)


@routes.delete("/categories/{name:path}", status_code=204)
async def delete_category(name: Named, asked: Asked) -> None:
    """409 while content or campaigns are filed there; a rule that names it files nothing from then on."""
    workspace = await asked.workspace()
    try:
        await asked.store.remove_category(workspace.id, name)
    except InputError as error:
        raise in_use(error) from error


@routes.get("/tags")
async def list_tags(asked: Asked) -> Listed[TagOut]:
    """By name."""
    workspace = await asked.workspace()
    return Listed(items=[TagOut.of(one) for one in await asked.store.tags(workspace.id)])


@routes.post("/tags", status_code=201)
async def create_tag(body: TagIn, asked: Asked) -> TagOut:
    """Its words are how content is recognized; of type audience it is somebody's target audience."""
    workspace = await asked.workspace()
    if not await asked.store.add_tags(workspace.id, [_tag(body)]):
        raise ProblemError(409, f"{body.name!r} is a tag already; choose another name")
    for one in await asked.store.tags(workspace.id):
        if one.name == body.name:
            return TagOut.of(one)
    raise NotFoundError(f"the tag {body.name!r} was removed meanwhile; see GET /tags")


@routes.put("/tags/{name:path}")
async def replace_tag(name: Named, body: TagIn, asked: Asked) -> TagOut:
    """All of it, its name too; content that has it keeps it under the new name."""
    workspace = await asked.workspace()
    known = {one.name: one for one in await asked.store.tags(workspace.id)}
    if body.name != name and body.name in known:
        raise ProblemError(409, f"{body.name!r} is a tag already; choose another name")
    await asked.store.edit_tag(workspace.id, name, _tag(body))
    found = {one.id: one for one in await asked.store.tags(workspace.id)}
    if name not in known or known[name].id not in found:
        raise NotFoundError(f"the tag {name!r} was removed meanwhile; see GET /tags")
    return TagOut.of(found[known[name].id])


@routes.delete("/tags/{name:path}", status_code=204)
async def delete_tag(name: Named, asked: Asked) -> None:
    """Content loses it; 409 while it is somebody's target audience."""
    workspace = await asked.workspace()
    try:
        await asked.store.remove_tag(workspace.id, name)
    except InputError as error:
        raise in_use(error) from error


def _check_parent(body: CategoryIn, others: Sequence[Category]) -> None:
    """Raises ProblemError 422."""
    if body.parent_id is not None and str(body.parent_id) not in {one.id for one in others}:
        raise invalid(
            "body.parent_id", f"{body.parent_id} is no other category of the workspace; see GET /categories"
        )


def _category(body: CategoryIn) -> Category:
    return Category(
        id="",
        **body.model_dump(exclude={"parent_id", "keywords", "aliases"}),
        parent_id=_text(body.parent_id),
        keywords=tuple(body.keywords),
        aliases=tuple(body.aliases),
    )


def _tag(body: TagIn) -> Tag:
    return Tag(
        id="",
        **body.model_dump(exclude={"keywords", "aliases"}),
        keywords=tuple(body.keywords),
        aliases=tuple(body.aliases),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


async def _category_of(asked: Asked, workspace_id: str, name: str) -> CategoryOut:
    for one in await asked.store.categories(workspace_id):
        if one.name == name:
            return CategoryOut.of(one)
    raise NotFoundError(f"the category {name!r} was removed meanwhile; see GET /categories")
