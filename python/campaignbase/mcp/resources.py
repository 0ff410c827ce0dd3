"""What an agent may read by address."""

from fastmcp import FastMCP
from fastmcp.exceptions import ResourceError

from campaignbase.errors import CampaignbaseError
from campaignbase.mcp.backend import Backend

JSON = "application/json"


def add_resources(server: FastMCP, backend: Backend) -> None:
    async def explained(target: str) -> str:
        try:
            return (await backend.explain(target)).model_dump_json()
        except CampaignbaseError as error:
            raise ResourceError(str(error)) from error

    @server.resource("campaign://{campaign_id}", name="campaign", mime_type=JSON)
    async def campaign(campaign_id: str) -> str:
        """A campaign and the decisions about it."""
        return await explained(campaign_id)

    @server.resource("content://{content_id}", name="content", mime_type=JSON)
    async def content(content_id: str) -> str:
        """A piece of content and the decisions about it."""
        return await explained(content_id)

    @server.resource("taxonomy://categories", name="categories", mime_type=JSON)
    async def categories() -> str:
        """Categories, tags and rules."""
        return (await backend.vocabulary()).model_dump_json()

    @server.resource("stats://accuracy", name="accuracy", mime_type=JSON)
    async def accuracy() -> str:
        """Who filed the newest rows, and how many of them people confirmed."""
        return (await backend.accuracy()).model_dump_json()
