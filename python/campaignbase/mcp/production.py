"""The server over the REST API, as whoever the token is of: `campaignbase mcp --api URL`."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import urlsplit

import httpx
from fastmcp import FastMCP

from campaignbase.errors import InputError
from campaignbase.mcp.remote import SECONDS, RemoteBackend
from campaignbase.mcp.server import FEATURES, create_server


@asynccontextmanager
async def opened(
    url: str,
    token: str | None,
    workspace: str | None = None,
    *,
    read_only: bool = False,
    features: Collection[str] = FEATURES,
    campaign: str | None = None,
    http: httpx.AsyncClient | None = None,
) -> AsyncIterator[FastMCP]:
    """
    Args:
        token: of a signed-in user, or CAMPAIGNBASE_API_TOKEN of the API of a SQLite file.
        workspace: by name or id; needed by who is a member of several.
        campaign: the id of the one it works in.
        http: a client of the API, which stays the caller's; None: one of its own.
    Raises:
        InputError: no URL of an API, or no such feature.
        NotConfiguredError: the token is refused.
        UnreachableError: nothing answers there.
        NotFoundError: no such workspace or campaign.
    """
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise InputError(f"--api {url!r} is no address of an API; expected one like https://api.example.com")
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    client = http or httpx.AsyncClient(base_url=url.rstrip("/"), headers=headers, timeout=SECONDS)
    async with nullcontext() if http is not None else client:
        backend = RemoteBackend(client, workspace)
        await backend.status()  # says now what is wrong with the token or the workspace
        if campaign is not None:
            campaign = (await backend.campaign(campaign)).id
        yield create_server(backend, read_only=read_only, features=features, campaign_id=campaign)
