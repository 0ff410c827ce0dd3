"""What keeps a vocabulary clean: merges, what may be one, words that wait, groups of tags."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from campaignbase.api.access import Asked
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Digits, Listed
from campaignbase.api.schemas.curation import (
    CategoryUseOut,
    DistinctIn,
    GroupIn,
    GroupOut,
    MergeIn,
    MergeOut,
    MergeSuggestionOut,
    PromoteAfter,
    ProposalOut,
    WordOut,
)
from campaignbase.models import TagGroup
from campaignbase.models.curation import ProposalState

routes = router("vocabulary")

Named = Annotated[str, Path(min_length=1, max_length=200, description="Its name, as listed.")]
Limit = Annotated[int, Digits, Query(ge=1, le=100)]


@routes.get("/categories/tree")
async def category_tree(asked: Asked) -> Listed[CategoryUseOut]:
    """What is filed under each category, alone and with those below it; a parent before its children."""
    workspace = await asked.workspace()
    return Listed(items=[CategoryUseOut.of(one) for one in await asked.store.category_tree(workspace.id)])


@routes.get("/categories/duplicates")
async def duplicate_categories(asked: Asked, limit: Limit = 20) -> Listed[MergeSuggestionOut]:
    """Pairs that may be one: alike in what they say of themselves, or mistaken for each other by people."""
    workspace = await asked.workspace()
    found = await asked.store.merge_suggestions(workspace.id, "category", limit)
    return Listed(items=[MergeSuggestionOut.of(one) for one in found])


@routes.post("/categories/{name:path}/merge")
async def merge_category(name: Named, body: MergeIn, asked: Asked) -> MergeOut:
    """Make two categories one: content, campaigns and rules follow, the name stays known as an alias.

    Merging what is merged already changes nothing.
    """
    workspace = await asked.workspace()
    return MergeOut.of(await asked.store.merge_categories(workspace.id, name, body.into))


@routes.post("/categories/{name:path}/distinct", status_code=204)
async def distinct_categories(name: Named, body: DistinctIn, asked: Asked) -> None:
    """Say that they are not the same: their merge is not suggested again."""
    workspace = await asked.workspace()
    await asked.store.mark_distinct(workspace.id, "category", name, body.other)


@routes.get("/tags/duplicates")
async def duplicate_tags(asked: Asked, limit: Limit = 20) -> Listed[MergeSuggestionOut]:
    """Pairs that may be one: alike in what they say of themselves, or nearly always used together."""
    workspace = await asked.workspace()
    found = await asked.store.merge_suggestions(workspace.id, "tag", limit)
    return Listed(items=[MergeSuggestionOut.of(one) for one in found])


@routes.post("/tags/{name:path}/merge")
async def merge_tag(name: Named, body: MergeIn, asked: Asked) -> MergeOut:
    """Make two tags one: content and rules follow, the name stays known as an alias.

    What a person refused stays refused. Merging what is merged already changes nothing.
    """
    workspace = await asked.workspace()
    return MergeOut.of(await asked.store.merge_tags(workspace.id, name, body.into))


@routes.post("/tags/{name:path}/distinct", status_code=204)
async def distinct_tags(name: Named, body: DistinctIn, asked: Asked) -> None:
    """Say that they are not the same: their merge is not suggested again."""
    workspace = await asked.workspace()
    await asked.store.mark_distinct(workspace.id, "tag", name, body.other)


@routes.get("/proposals")
async def list_proposals(
    asked: Asked,
    state: ProposalState = "open",
    limit: Annotated[int, Digits, Query(ge=1, le=200)] = 50,
    word: Annotated[
        str | None, Query(max_length=100, description="This one alone, however it is spelled.")
    ] = None,
) -> Listed[ProposalOut]:
    """Words that machines met and that are no labels, the most met first; or those refused or removed."""
    workspace = await asked.workspace()
    found = await asked.store.proposals(workspace.id, state, limit, None if word is None else [word])
    return Listed(items=[ProposalOut.of(one) for one in found])


@routes.post("/proposals/{proposal_id}/promote")
async def promote_proposal(proposal_id: UUID, asked: Asked) -> WordOut:
    """Make it a label; the content in which it was met is labeled again."""
    return WordOut(name=await asked.store.promote_proposal(str(proposal_id)))


@routes.post("/proposals/{proposal_id}/refuse")
async def refuse_proposal(proposal_id: UUID, asked: Asked) -> WordOut:
    """It is not proposed again."""
    return WordOut(name=await asked.store.refuse_proposal(str(proposal_id)))


@routes.get("/tag-groups")
async def list_groups(asked: Asked) -> Listed[GroupOut]:
    """Tags of which content has only so many, by name of the group."""
    workspace = await asked.workspace()
    return Listed(items=[GroupOut.of(one) for one in await asked.store.tag_groups(workspace.id)])


@routes.put("/tag-groups/{name:path}")
async def save_group(name: Named, body: GroupIn, asked: Asked) -> GroupOut:
    """Make or change it; exactly these tags belong to it from now on."""
    workspace = await asked.workspace()
    group = TagGroup(name, body.min_tags, body.max_tags, tuple(body.tags))
    return GroupOut.of(await asked.store.save_tag_group(workspace.id, group))


@routes.delete("/tag-groups/{name:path}", status_code=204)
async def delete_group(name: Named, asked: Asked) -> None:
    """Its tags stay."""
    workspace = await asked.workspace()
    await asked.store.remove_tag_group(workspace.id, name)


@routes.get("/settings/promote-after")
async def get_promote_after(asked: Asked) -> PromoteAfter:
    """In how much content a word must have been met to become a tag by itself; null: by hand only."""
    workspace = await asked.workspace()
    return PromoteAfter(uses=await asked.store.promote_after(workspace.id))


@routes.put("/settings/promote-after")
async def set_promote_after(body: PromoteAfter, asked: Asked) -> PromoteAfter:
    workspace = await asked.workspace()
    await asked.store.set_promote_after(workspace.id, body.uses)
    return body
