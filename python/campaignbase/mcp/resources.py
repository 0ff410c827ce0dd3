"""What an agent may read by address."""

import logging
from collections.abc import Awaitable, Callable

from fastmcp import FastMCP
from fastmcp.exceptions import ResourceError
from pydantic import BaseModel

from campaignbase.core import doors
from campaignbase.core.changes import found_id
from campaignbase.errors import CampaignbaseError
from campaignbase.mcp.backend import Backend
from campaignbase.mcp.groups import feature

JSON = "application/json"


def add_resources(server: FastMCP, backend: Backend) -> None:
    async def told(ask: Callable[[], Awaitable[BaseModel]]) -> str:
        try:
            return (await ask()).model_dump_json()
        except CampaignbaseError as error:
            refusal = doors.told(str(error), "tools")
            raise ResourceError(refusal, log_level=logging.DEBUG) from error

    @server.resource("campaign://{campaign_id}", name="campaign", mime_type=JSON, tags={feature("campaigns")})
    async def campaign(campaign_id: str) -> str:
        """A campaign."""
        return await told(lambda: backend.campaign(found_id("campaign", campaign_id)))

    @server.resource("content://{content_id}", name="content", mime_type=JSON, tags={feature("content")})
    async def content(content_id: str) -> str:
        """A piece of content and the decisions about it."""
        return await told(lambda: backend.explain(found_id("content", content_id)))

    @server.resource("taxonomy://categories", name="categories", mime_type=JSON, tags={feature("taxonomy")})
    async def categories() -> str:
        """Categories, tags and rules."""
        return await told(backend.vocabulary)

    @server.resource("stats://accuracy", name="accuracy", mime_type=JSON, tags={feature("ops")})
    async def accuracy() -> str:
        """Who filed the content, and how much of it people confirmed."""
        return await told(lambda: backend.accuracy(None))
