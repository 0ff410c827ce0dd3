"""The server on the SQLite file of the settings: what fastmcp.json names, and `campaignbase mcp` runs."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, aclosing, asynccontextmanager

from fastmcp import FastMCP

from campaignbase import settings, wiring
from campaignbase.errors import NotConfiguredError
from campaignbase.mcp.groups import FEATURES
from campaignbase.mcp.local import LocalBackend
from campaignbase.mcp.server import create_server
from campaignbase.settings import Settings, Target


@asynccontextmanager
async def opened(
    target: Target,
    loaded: Settings,
    workspace: str = "default",
    *,
    read_only: bool = False,
    features: Collection[str] = FEATURES,
    campaign: str | None = None,
) -> AsyncIterator[FastMCP]:
    """
    Args:
        campaign: the id of the one it works in.
    Raises:
        NotConfiguredError: the database is a server's: an agent must not hold its keys.
        InputError: no such feature.
        NotFoundError: no such workspace or campaign.
    """
    if target.kind != "sqlite":
        raise NotConfiguredError(
            f"`campaignbase mcp` works on a SQLite file, not on {target.label}: an agent must not hold a"
            " server's own keys; name a file with --database"
        )
    async with AsyncExitStack() as stack:
        store = await wiring.open_target(target)
        stack.push_async_callback(store.close)
        found = await stack.enter_async_context(aclosing(wiring.embedders(loaded)))
        answers = await stack.enter_async_context(wiring.brief_answers(store, loaded))
        analyst = await stack.enter_async_context(wiring.open_analyst(store, loaded))
        home = await wiring.find_workspace(store, workspace)
        labeler = wiring.labeler(store, found, asking=answers, analyst=analyst)
        backend = LocalBackend(store, home, found, labeler, answers)
        stack.push_async_callback(backend.aclose)
        if campaign is not None:
            campaign = (await backend.campaign(campaign)).id
        yield create_server(backend, read_only=read_only, features=features, campaign_id=campaign)


async def create() -> FastMCP:
    """For `fastmcp run`: open until the process ends."""
    loaded = settings.load()
    return await opened(loaded.target(), loaded).__aenter__()
