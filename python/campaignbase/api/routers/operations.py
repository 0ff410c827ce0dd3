"""Jobs and the cache."""

from typing import Annotated

from fastapi import Body

from campaignbase.api.access import Asked
from campaignbase.api.pagination import Limit
from campaignbase.api.routers import router
from campaignbase.api.schemas.base import Listed
from campaignbase.api.schemas.operations import CacheCountOut, DeadJobOut, QueueOut, Replayed, ReplayIn

routes = router("operations")


@routes.get("/jobs")
async def queue_status(asked: Asked) -> Listed[QueueOut]:
    """What waits, is under way or failed for good, by kind of work."""
    workspace = await asked.workspace()
    return Listed(items=[QueueOut.of(one) for one in await asked.store.queue_status(workspace.id)])


@routes.get("/jobs/dead")
async def dead_jobs(asked: Asked, limit: Limit = 50) -> Listed[DeadJobOut]:
    """Work that failed for good, the last first, each with its error."""
    workspace = await asked.workspace()
    return Listed(items=[DeadJobOut.of(one) for one in await asked.store.dead_jobs(workspace.id, limit)])


@routes.post("/jobs/replay")
async def replay_jobs(asked: Asked, body: Annotated[ReplayIn | None, Body()] = None) -> Replayed:
    """Dead jobs wait again, their failures forgotten. Of a SQLite file only."""
    asked.only_local("replaying jobs")
    return Replayed(replayed=await asked.store.replay_jobs(None if body is None else body.ids))


@routes.get("/cache")
async def cache_statistics(asked: Asked) -> Listed[CacheCountOut]:
    """What every tier was asked and had. Of a SQLite file only."""
    asked.only_local("the cache")
    return Listed(items=[CacheCountOut.of(one) for one in await asked.store.cache_statistics()])


@routes.delete("/cache", status_code=204)
async def clear_cache(asked: Asked) -> None:
    """Take every kept answer back. Of a SQLite file only."""
    asked.only_local("the cache")
    await asked.backend.clear_cache()
