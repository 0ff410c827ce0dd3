"""Jobs, the cache, embeddings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from campaignbase.api.schemas.base import Given, Line, Name, Taken, Whole, example


class Replayed(Given):
    replayed: int


class QueueOut(Given):
    workspace_name: str
    kind: str
    waiting: int
    leased: int
    dead: int
    oldest_seconds: float | None
    last_error: str | None


class DeadJobOut(Given):
    id: int
    workspace_id: str
    kind: str
    target_id: str
    failures: int
    error: str | None
    created_at: datetime
    updated_at: datetime


class ReplayIn(Taken):
    model_config = example({"ids": [17]})

    ids: (
        Annotated[list[Annotated[Whole, Field(ge=1, le=2**63 - 1)]], Field(min_length=1, max_length=1000)]
        | None
    ) = Field(None, description="Without it: all dead jobs.")


class CacheCountOut(Given):
    kind: str
    tier: str
    hits: int
    misses: int
    computes: int
    errors: int
    bytes_read: int
    bytes_written: int
    saved_seconds: float
    saved_cost: float
    hit_rate: float | None


class EmbeddingsIn(Taken):
    """As OpenAI's; other fields of theirs are refused."""

    model_config = example(
        {"input": ["Rain jackets are 30% off until it stops."], "model": "campaignbase-static-1"}
    )

    input: (
        Annotated[str, Field(min_length=1, max_length=1_000_000)]
        | Annotated[
            list[Annotated[str, Field(min_length=1, max_length=1_000_000)]],
            Field(min_length=1, max_length=256),
        ]
    )
    model: Name
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: Whole | None = Field(None, description="1536, or left out.")
    user: Line | None = None


class EmbeddingOut(Given):
    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str = Field(description="Numbers, or base64 of little-endian float32.")


class UsageOut(Given):
    prompt_tokens: int
    total_tokens: int


class EmbeddingsOut(Given):
    object: Literal["list"] = "list"
    data: list[EmbeddingOut]
    model: str
    usage: UsageOut = Field(description="0: nothing is charged, tokens are not counted.")
