"""The server over the REST API: as whoever one token is of, or over HTTP as whoever calls.

`campaignbase mcp --api URL`, with `--public-url` for the second.
"""

import re
from collections.abc import AsyncIterator, Collection, Generator
from contextlib import asynccontextmanager, nullcontext
from urllib.parse import SplitResult, urlsplit

import httpx
from fastmcp import FastMCP

from campaignbase.errors import InputError, UnreachableError
from campaignbase.mcp.callers import CallersToken, ProjectAuth, ProjectCallers, asked_workspace
from campaignbase.mcp.groups import FEATURES
from campaignbase.mcp.remote import SECONDS, RemoteBackend
from campaignbase.mcp.server import create_server

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@asynccontextmanager
async def opened(
    url: str,
    token: str | httpx.Auth | None,
    workspace: str | None = None,
    *,
    read_only: bool = False,
    features: Collection[str] = FEATURES,
    campaign: str | None = None,
    http: httpx.AsyncClient | None = None,
) -> AsyncIterator[FastMCP]:
    """
    Args:
        token: of a signed-in user, a key of the API, or CAMPAIGNBASE_API_TOKEN of the API of a SQLite file;
            or what signs requests by one.
        workspace: by name or id; needed by who is a member of several.
        campaign: the id of the one it works in.
        http: a client of the API, which stays the caller's; None: one of its own.
    Raises:
        InputError: no URL of an API, or no such feature.
        NotConfiguredError: the token is refused.
        UnreachableError: nothing answers there.
        NotFoundError: no such workspace or campaign.
    """
    _address("--api", url)
    signing = Bearer(token) if isinstance(token, str) else token
    client = http or httpx.AsyncClient(base_url=url.rstrip("/"), auth=signing, timeout=SECONDS)
    async with nullcontext() if http is not None else client:
        backend = RemoteBackend(client, workspace)
        await backend.check()
        if campaign is not None:
            campaign = (await backend.campaign(campaign)).id
        yield create_server(backend, read_only=read_only, features=features, campaign_id=campaign)


@asynccontextmanager
async def for_callers(
    url: str,
    project: str,
    public_url: str,
    workspace: str | None = None,
    *,
    development_secret: str | None = None,
    read_only: bool = False,
    features: Collection[str] = FEATURES,
    campaign: str | None = None,
) -> AsyncIterator[FastMCP]:
    """A server for HTTP whose clients each sign in; the API gets their tokens and decides.

    Args:
        project: the URL of the Supabase project whose users they are.
        public_url: where clients find this server, without its path /mcp.
        workspace: of callers who name none, by name or id.
        development_secret: with it alone HS256 is believed, as the offline stack signs.
        campaign: the id of the one all work in; others see none of it.
    Raises:
        InputError: an address, the campaign or a feature is none.
        UnreachableError: no API answers there.
    """
    _address("--api", url)
    check_public(public_url)
    if campaign is not None and not _ID.fullmatch(campaign):
        raise InputError(f"--campaign {campaign!r} is no id; `campaignbase campaigns list --json` shows them")
    async with httpx.AsyncClient(base_url=url.rstrip("/"), auth=CallersToken(), timeout=SECONDS) as client:
        try:
            (await client.get("/health/live", auth=None)).raise_for_status()
        except httpx.HTTPError as error:
            raise UnreachableError(
                f"the API at {client.base_url} does not answer: {str(error) or type(error).__name__}"
            ) from error
        callers = ProjectCallers(project.rstrip("/"), client, development_secret)
        yield create_server(
            RemoteBackend(client, workspace, asked_workspace),
            read_only=read_only,
            features=features,
            campaign_id=campaign,
            auth=ProjectAuth(project.rstrip("/"), public_url.rstrip("/"), callers),
        )


class Bearer(httpx.Auth):
    """One token for every request."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


def check_public(url: str) -> SplitResult:
    """Raises InputError: no address that clients may send their tokens to."""
    parts = _address("--public-url", url)
    if parts.path.strip("/") or parts.query:
        raise InputError(f"--public-url {url!r} has a path; the server answers at /mcp of a name of its own")
    if parts.scheme != "https" and parts.hostname not in LOOPBACK_NAMES:
        raise InputError(f"--public-url {url!r}: clients send their tokens there; expected https://")
    return parts


def _address(option: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InputError(
            f"{option} {url!r} is no address of an API; expected one like https://api.example.com"
            if option == "--api"
            else f"{option} {url!r} is no address; expected one like https://mcp.example.com"
        )
    return parts
