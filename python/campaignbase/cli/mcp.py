"""`campaignbase mcp`: the tools of an agent, over stdio or HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbase import settings
from campaignbase.cli import output
from campaignbase.cli.session import Common, Database, Workspace, common, session
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.settings import Settings

if TYPE_CHECKING:
    from fastmcp import FastMCP

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command()(mcp)


@dataclass(frozen=True)
class Door:
    """Where agents come in."""

    port: int | None  # None: stdio
    host: str = LOOPBACK
    options: dict[str, Any] = field(default_factory=dict)  # of fastmcp's HTTP server


def mcp(
    ctx: typer.Context,
    read_only: Annotated[bool, typer.Option("--read-only", help="No tool that writes.")] = False,
    features: Annotated[
        str | None,
        typer.Option(
            help="Groups of tools, by commas: campaigns, content, search, taxonomy, rules, ops.",
            show_default="all",
        ),
    ] = None,
    campaign: Annotated[
        str | None, typer.Option(help="Work in this campaign alone, by its id.", show_default=False)
    ] = None,
    api: Annotated[
        str | None,
        typer.Option(
            help="Work over the REST API at this address, with CAMPAIGNBASE_API_TOKEN.", show_default=False
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Serve HTTP on loopback; without it, stdio.", show_default=False),
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(
            help="Of --api and --port: clients find it there, and each signs in as itself.",
            show_default=False,
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(
            help="Of --public-url: where to listen; 0.0.0.0 lets other machines ask.", show_default=LOOPBACK
        ),
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Tools for an agent, over MCP: add, search, explain, correct. On a SQLite file, or over the REST API.

    Example:  campaignbase mcp --read-only
    Example:  campaignbase mcp --port 8765 --features search,content
    Example:  campaignbase mcp --api https://api.example.com
    Example:  campaignbase mcp --api https://api.example.com --port 8765 --public-url https://mcp.example.com
    """
    try:
        from campaignbase.mcp import development, production
        from campaignbase.mcp.groups import FEATURES
    except ImportError as error:
        raise NotConfiguredError(
            f"`campaignbase mcp` needs the package {error.name}; run: pip install 'campaignbase[mcp]'"
        ) from None
    wanted = [name.strip() for name in features.split(",")] if features is not None else list(FEATURES)
    if not any(wanted):
        raise InputError(f"--features is blank; name some of {', '.join(FEATURES)}, or leave it out for all")
    limits: dict[str, Any] = {"read_only": read_only, "features": wanted, "campaign": campaign}

    given = common(ctx, database, workspace, json=False)
    if public_url is None and host is not None:
        raise InputError("--host lets others reach the server, and nothing tells who asks; add --public-url")
    if public_url is not None and (api is None or port is None):
        raise InputError("--public-url is for a server over HTTP and the REST API; add --api and --port")
    if api is not None and given.database is not None:
        raise InputError("--api and --database name two targets; leave one of them out")

    door = Door(port)
    if api is None:
        run = session(ctx, database, workspace, json=False)
        output.say(f"target: {run.target.label}")
        opened = development.opened(run.target, run.settings, run.workspace_name, **limits)
    elif public_url is None:
        output.say(f"target: REST API {api}")
        opened = _as_one(settings.load(), api, given, limits)
    else:
        parts = production.check_public(public_url)
        output.say(f"target: REST API {api}, as whoever calls")
        opened = _as_callers(settings.load(), api, public_url, given, limits)
        door = Door(
            port,
            host or LOOPBACK,
            {
                "stateless_http": True,  # a session would outlive the token that opened it
                "allowed_hosts": [str(parts.hostname)],
                "allowed_origins": [f"{parts.scheme}://{parts.netloc}"],
            },
        )
    asyncio.run(_serve(opened, door))


@asynccontextmanager
async def _as_one(
    loaded: Settings, api: str, given: Common, limits: dict[str, Any]
) -> "AsyncIterator[FastMCP]":
    """As whoever the token or the session of the environment is of."""
    import httpx

    from campaignbase.mcp import production
    from campaignbase.mcp.renewal import Session

    token = loaded.campaignbase_api_token
    if loaded.campaignbase_session_file is None:
        said = None if token is None else token.get_secret_value()
        async with production.opened(api, said, given.workspace, **limits) as server:
            yield server
        return
    if token is not None:
        raise InputError(
            "CAMPAIGNBASE_API_TOKEN and CAMPAIGNBASE_SESSION_FILE both say who asks; unset one of them"
        )
    if loaded.supabase_url is None or loaded.supabase_publishable_key is None:
        raise NotConfiguredError(
            "CAMPAIGNBASE_SESSION_FILE is renewed at its project;"
            " set SUPABASE_URL and SUPABASE_PUBLISHABLE_KEY"
        )
    project = loaded.supabase_url.strip().rstrip("/")
    file = Path(loaded.campaignbase_session_file)
    async with httpx.AsyncClient(timeout=30) as http:
        kept = Session(file, project, loaded.supabase_publishable_key.get_secret_value(), http)
        async with production.opened(api, kept, given.workspace, **limits) as server:
            yield server


@asynccontextmanager
async def _as_callers(
    loaded: Settings, api: str, public_url: str, given: Common, limits: dict[str, Any]
) -> "AsyncIterator[FastMCP]":
    from campaignbase.mcp import production

    for name in ("campaignbase_api_token", "campaignbase_session_file"):
        if getattr(loaded, name) is not None:
            raise InputError(f"with --public-url each client brings its own token; unset {name.upper()}")
    if loaded.supabase_url is None:
        raise NotConfiguredError("--public-url: set SUPABASE_URL to the project whose users sign in")
    secret = loaded.development_jwt_secret
    async with production.for_callers(
        api,
        loaded.supabase_url.strip(),
        public_url,
        given.workspace,
        development_secret=None if secret is None else secret.get_secret_value(),
        **limits,
    ) as server:
        yield server


async def _serve(opened: AbstractAsyncContextManager["FastMCP"], door: Door) -> None:
    async with opened as server:
        if door.port is None:
            await server.run_async("stdio", show_banner=False)
            return
        output.say(f"serving http://{door.host}:{door.port}/mcp")
        await server.run_async(
            "http",
            show_banner=False,
            host=door.host,
            port=door.port,
            host_origin_protection=True,
            uvicorn_config={"log_level": "warning"},
            **door.options,
        )
