"""Search."""

from typing import Annotated

from pydantic import Field

from campaignbase.api.schemas.base import Given
from campaignbase.models.library import SearchMode

Words = Annotated[str, Field(min_length=1, max_length=10_000)]


class HitOut(Given):
    id: str
    text: str | None
    primary_category: str | None
    tags: list[str]
    score: float = Field(description="What the order goes by: similarity, rank, or both fused.")
    similarity: float | None = Field(description="Cosine, -1..1; null: not found by meaning.")
    rank: float | None = Field(description="Weight of the words it has; null: not found by words.")


class Hits(Given):
    query: str | None
    mode: SearchMode
    items: list[HitOut] = Field(description="Best first.")
