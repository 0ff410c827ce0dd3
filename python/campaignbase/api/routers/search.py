"""Search by meaning."""

from typing import Annotated

from fastapi import Query

from campaignbase.api.access import Asked
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.search import HitOut, Hits, Words

routes = router("search", prefix="/search")

Count = Annotated[int, Query(ge=1, le=100)]


@routes.get("/semantic")
async def semantic_search(
    asked: Asked,
    query: Annotated[Words, Query(examples=["something to cheer up a rainy day"])],
    limit: Count = 10,
) -> Hits:
    """Content by what it means, best first."""
    workspace = await asked.workspace()
    embedder = asked.backend.embedder(workspace)
    [vector] = await asked.backend.embed(embedder, workspace.id, [query])
    if not vector.any():
        raise invalid("query.query", "no word of it can be read; say it in other words")
    found = await asked.store.semantic_search(vector, limit, workspace.id, embedder.model)
    items = [
        HitOut(
            id=hit.id,
            text=hit.text,
            primary_category=hit.primary_category,
            tags=list(hit.tags),
            score=hit.similarity,
            similarity=hit.similarity,
            rank=None,
        )
        for hit in found
    ]
    return Hits(query=query, mode="semantic", items=items)
