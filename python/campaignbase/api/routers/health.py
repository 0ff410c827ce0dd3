"""Is it alive, is it ready, what has it done."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from campaignbase.api.backend import Backend
from campaignbase.api.requests import Counts

routes = APIRouter(tags=["health"])


class Live(BaseModel):
    status: Literal["live"] = "live"


class Ready(BaseModel):
    status: Literal["ready", "failing"]
    parts: dict[str, str]


@routes.get("/health/live")
async def live() -> Live:
    """The process answers."""
    return Live()


@routes.get("/health/ready", responses={503: {"model": Ready, "description": "A part does not answer."}})
async def ready(request: Request, response: Response) -> Ready:
    """What it needs answers; else 503 and which part does not."""
    backend: Backend = request.app.state.backend
    parts = await backend.parts()
    failing = any(parts.values())
    if failing:
        response.status_code = 503
    told = {name: "answers" if trouble is None else trouble for name, trouble in parts.items()}
    return Ready(status="failing" if failing else "ready", parts=told)


@routes.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """For Prometheus."""
    counts: Counts = request.app.state.counts
    return Response(generate_latest(counts.registry), media_type=CONTENT_TYPE_LATEST)
