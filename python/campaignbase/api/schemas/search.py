"""Search."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from campaignbase.api.schemas.base import Given, Name, Number, Taken, Whole, example
from campaignbase.core.search import FLOOR_WITHOUT_MEANING
from campaignbase.models import Sentiment
from campaignbase.models.library import SearchMode

Words = Annotated[str, Field(min_length=1, max_length=10_000)]
Numbers = Annotated[list[Number], Field(min_length=1, max_length=4096)]


class SearchIn(Taken):
    model_config = example({"query": "something to cheer up a rainy day", "limit": 5})

    query: Words | None = None
    vector: Numbers | None = Field(
        None, description="1536 numbers, by the workspace's model; instead of query."
    )
    mode: SearchMode = "hybrid"
    limit: Annotated[Whole, Field(ge=1, le=100)] = 10
    min_similarity: Annotated[Number, Field(ge=-1, le=1)] | None = None
    category: Name | None = None
    tag: Name | None = None
    campaign_id: UUID | None = None
    sentiment: Sentiment | None = None
    language: Annotated[str, Field(min_length=2, max_length=3)] | None = None

    @model_validator(mode="after")
    def _says_what_to_find(self) -> Self:
        if self.query is None and self.vector is None:
            raise ValueError("say what to find: query or vector")
        if self.mode != "semantic" and self.query is None:
            raise ValueError(f"mode {self.mode} needs a query; send one, or choose mode semantic")
        if self.mode == "keyword" and self.min_similarity is not None:
            raise ValueError(FLOOR_WITHOUT_MEANING)
        return self


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
