"""Search by meaning, by words, by both."""

from typing import Annotated
from uuid import UUID

import numpy as np
from fastapi import Query

from campaignbase.api.access import Asked
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Digits, Name
from campaignbase.api.schemas.search import HitOut, Hits, SearchIn, Words
from campaignbase.models import DIMENSIONS, Vector
from campaignbase.models.library import SearchMode, SearchQuery

routes = router("search", prefix="/search")

Count = Annotated[int, Digits, Query(ge=1, le=100)]
Floor = Annotated[float | None, Digits, Query(ge=-1, le=1, description="Cosine, -1..1.")]


@routes.get("/semantic")
async def semantic_search(
    asked: Asked,
    query: Annotated[Words, Query(examples=["something to cheer up a rainy day"])],
    limit: Count = 10,
    min_similarity: Floor = None,
    category: Annotated[Name | None, Query()] = None,
    tag: Annotated[Name | None, Query()] = None,
    campaign_id: Annotated[UUID | None, Query()] = None,
) -> Hits:
    """Content by what it means, best first."""
    return await _find(
        asked,
        SearchIn(
            query=query,
            mode="semantic",
            limit=limit,
            min_similarity=min_similarity,
            category=category,
            tag=tag,
            campaign_id=campaign_id,
        ),
    )


@routes.post("")
async def search(body: SearchIn, asked: Asked) -> Hits:
    """Content by meaning, by words, or by both fused, with filters; best first."""
    return await _find(asked, body)


async def _find(asked: Asked, wanted: SearchIn) -> Hits:
    workspace = await asked.workspace()
    vector: Vector | None = None
    model: str | None = None
    mode: SearchMode = wanted.mode
    if mode != "keyword":
        embedder = asked.backend.embedder(workspace)
        model = embedder.model
        if wanted.vector is not None:
            vector = _unit(wanted.vector)
        else:
            [vector] = await asked.backend.embed(embedder, workspace.id, [str(wanted.query)])
            if not vector.any():
                if mode == "semantic":
                    raise invalid("query", "no word of it can be read; say it in other words")
                vector, mode = None, "keyword"  # meaning has nothing to say
    found = await asked.store.search(
        SearchQuery(
            workspace_id=workspace.id,
            text=wanted.query,
            vector=vector,
            model=model if vector is not None else None,
            mode=mode,
            limit=wanted.limit,
            min_similarity=wanted.min_similarity if vector is not None else None,
            category=wanted.category,
            tag=wanted.tag,
            campaign_id=None if wanted.campaign_id is None else str(wanted.campaign_id),
            sentiment=wanted.sentiment,
            language=wanted.language,
        )
    )
    return Hits(query=wanted.query, mode=mode, items=[HitOut.of(one) for one in found])


def _unit(numbers: list[float]) -> Vector:
    """Raises ProblemError 422."""
    if len(numbers) != DIMENSIONS:
        raise invalid("body.vector", f"has {len(numbers)} numbers, expected {DIMENSIONS}")
    wide = np.array(numbers, dtype=np.float64)
    largest = np.abs(wide).max()
    if not largest > 0:
        raise invalid("body.vector", "is zero everywhere and points nowhere")
    wide /= largest  # so that no square overflows
    return (wide / np.linalg.norm(wide)).astype(np.float32)
