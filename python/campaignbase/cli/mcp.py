"""`campaignbase mcp`: the tools of an agent, over stdio or HTTP."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase import settings
from campaignbase.cli import output
from campaignbase.cli.session import Database, Workspace, common, session
from campaignbase.errors import InputError, NotConfiguredError

if TYPE_CHECKING:
    from fastmcp import FastMCP

LOOPBACK = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command()(mcp)


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
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Tools for an agent, over MCP: add, search, explain, correct. On a SQLite file, or over the REST API.

    Example:  campaignbase mcp --read-only
    Example:  campaignbase mcp --port 8765 --features search,content
    Example:  campaignbase mcp --api https://api.example.com
    """
    try:
        from campaignbase.mcp import development, production
        from campaignbase.mcp.server import FEATURES
    except ImportError as error:
        raise NotConfiguredError(
            f"`campaignbase mcp` needs the package {error.name}; run: pip install 'campaignbase[mcp]'"
        ) from None
    wanted = [name.strip() for name in features.split(",")] if features is not None else list(FEATURES)
    if not any(wanted):
        raise InputError(f"--features is blank; name some of {', '.join(FEATURES)}, or leave it out for all")

    given = common(ctx, database, workspace, json=False)
    if api is not None:
        if given.database is not None:
            raise InputError("--api and --database name two targets; leave one of them out")
        loaded = settings.load()
        token = loaded.campaignbase_api_token
        output.say(f"target: REST API {api}")
        opened = production.opened(
            api,
            None if token is None else token.get_secret_value(),
            given.workspace,
            read_only=read_only,
            features=wanted,
            campaign=campaign,
        )
    else:
        run = session(ctx, database, workspace, json=False)
        output.say(f"target: {run.target.label}")
        opened = development.opened(
            run.target,
            run.settings,
            run.workspace_name,
            read_only=read_only,
            features=wanted,
            campaign=campaign,
        )
    asyncio.run(_serve(opened, port))


async def _serve(opened: AbstractAsyncContextManager["FastMCP"], port: int | None) -> None:
    async with opened as server:
        if port is None:
            await server.run_async("stdio", show_banner=False)
            return
        output.say(f"serving http://{LOOPBACK}:{port}/mcp")
        await server.run_async(
            "http",
            show_banner=False,
            host=LOOPBACK,
            port=port,
            host_origin_protection=True,
            uvicorn_config={"log_level": "warning"},
        )
