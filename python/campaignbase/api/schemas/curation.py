"""What keeps a vocabulary clean."""

from typing import Annotated

from pydantic import Field

from campaignbase.api.schemas.base import Given, Name, Taken, Whole, Words, example


class CategoryUseOut(Given):
    id: str
    name: str
    parent: str | None
    path: str
    content: int
    content_with_children: int
    confirmed: int
    campaigns: int


class MergeIn(Taken):
    model_config = example({"into": "new name"})

    into: Name = Field(description="The name of the one that stays.")


class MergeOut(Given):
    kept: str
    assets: int
    campaigns: int
    rules: int


class DistinctIn(Taken):
    model_config = example({"other": "other name"})

    other: Name = Field(description="The name of the other one.")


class MergeSuggestionOut(Given):
    source: str
    target: str
    source_count: int
    target_count: int
    similarity: float | None
    together: int


class ProposalOut(Given):
    id: str
    kind: str
    name: str
    state: str
    uses: int
    examples: list[str]


class WordOut(Given):
    name: str


class GroupIn(Taken):
    model_config = example({"max_tags": 1, "tags": ["free shipping"]})

    min_tags: Annotated[Whole, Field(ge=0, le=8)] = 0
    max_tags: Annotated[Whole, Field(ge=1, le=100)] | None = None
    tags: Words = Field(description="Names, in any spelling.")


class GroupOut(Given):
    name: str
    min_tags: int
    max_tags: int | None
    tags: list[str]


class PromoteAfter(Taken):
    model_config = example({"uses": 5})

    uses: Annotated[Whole, Field(ge=1, le=100_000)] | None
