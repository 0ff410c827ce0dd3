"""Vectors of texts, in the form OpenAI's clients speak."""

import base64

from fastapi import Request

from campaignbase.api.access import Counted
from campaignbase.api.backend import Backend
from campaignbase.api.problems import invalid
from campaignbase.api.routers import router
from campaignbase.api.schemas.operations import EmbeddingOut, EmbeddingsIn, EmbeddingsOut, UsageOut
from campaignbase.core.text import is_blank
from campaignbase.core.vectors import pack
from campaignbase.models import DIMENSIONS, Vector

routes = router("embeddings", prefix="/v1")

MOST_CHARACTERS = 1_000_000  # of all texts of a request


@routes.post("/embeddings")
async def embed(body: EmbeddingsIn, request: Request, caller: Counted) -> EmbeddingsOut:  # noqa: ARG001 they must be somebody
    """Vectors by the shipped model, for programs that set OPENAI_BASE_URL to this server's /v1."""
    backend: Backend = request.app.state.backend
    embedder = backend.shipped
    texts = [body.input] if isinstance(body.input, str) else body.input
    if body.model != embedder.model:
        raise invalid("body.model", f"this server embeds with {embedder.model!r}")
    if body.dimensions not in (None, DIMENSIONS):
        raise invalid("body.dimensions", f"vectors are {DIMENSIONS} wide")
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise invalid("body.input", f"more than {MOST_CHARACTERS:,} characters; send less at once")
    for place, text in enumerate(texts):
        if is_blank(text):
            raise invalid(f"body.input.{place}", "is blank")
    vectors = await embedder.embed(texts)
    return EmbeddingsOut(
        data=[
            EmbeddingOut(index=place, embedding=_written(vector, body.encoding_format))
            for place, vector in enumerate(vectors)
        ],
        model=embedder.model,
        usage=UsageOut(prompt_tokens=0, total_tokens=0),
    )


def _written(vector: Vector, form: str) -> list[float] | str:
    return base64.b64encode(pack(vector)).decode() if form == "base64" else [float(one) for one in vector]
