"""`campaignbase mcp`: the tools of an agent, over stdio or HTTP."""

import asyncio
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Workspace, session
from campaignbase.errors import InputError, NotConfiguredError

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
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Serve HTTP on loopback; without it, stdio.", show_default=False),
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
) -> None:
    """Tools for an agent, over MCP: add, search, explain, correct. On a SQLite file, as its one user.

    Example:  campaignbase mcp --read-only
    Example:  campaignbase mcp --port 8765 --features search,content
    """
    run = session(ctx, database, workspace, False)
    try:
        from campaignbase.mcp.development import opened
        from campaignbase.mcp.server import FEATURES
    except ImportError as error:
        raise NotConfiguredError(
            f"`campaignbase mcp` needs the package {error.name}; run: pip install 'campaignbase[mcp]'"
        ) from None
    wanted = [name.strip() for name in features.split(",")] if features is not None else list(FEATURES)
    if not any(wanted):
        raise InputError(f"--features is blank; name some of {', '.join(FEATURES)}, or leave it out for all")

    async def serve() -> None:
        async with opened(
            run.target,
            run.settings,
            run.workspace_name,
            read_only=read_only,
            features=wanted,
            campaign=campaign,
        ) as server:
            if port is None:
                await server.run_async("stdio", show_banner=False)
            else:
                output.say(f"serving http://{LOOPBACK}:{port}/mcp")
                await server.run_async(
                    "http",
                    show_banner=False,
                    host=LOOPBACK,
                    port=port,
                    host_origin_protection=True,
                    uvicorn_config={"log_level": "warning"},
                )

    output.say(f"target: {run.target.label}")
    asyncio.run(serve())
