"""`campaignbase stack`: what a Supabase project opens, on this machine, without Docker."""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.db import Version
from campaignbase.cli.session import Common, Json, refuse_common
from campaignbase.errors import InputError, UnreachableError

if TYPE_CHECKING:
    from campaignbase.local.stack.stack import Stack

app = typer.Typer(no_args_is_help=True)

INTERRUPTED = 130  # how a worker ends on Ctrl-C

Data = Annotated[
    Path | None, typer.Option("--data", help="Where to keep it. [dim]default: ./.campaignbase[/dim]")
]
TITLES = {
    "API_URL": "Project URL",
    "REST_URL": "REST",
    "AUTH_URL": "Auth",
    "STORAGE_URL": "Storage",
    "FUNCTIONS_URL": "Edge Functions",
    "EMBEDDINGS_URL": "Embeddings",
    "REALTIME_URL": "Realtime",
    "DB_URL": "Database URL",
    "PUBLISHABLE_KEY": "Publishable key",
    "SECRET_KEY": "Secret key",
    "JWT_SECRET": "JWT secret",
    "GATEWAY": "Gateway",
}


@app.callback()
def stack(ctx: typer.Context, json: Json = False) -> None:
    """Run REST, auth, storage, realtime and edge functions on a real Postgres: no Docker, data kept.

    Example:  campaignbase stack start
    """
    refuse_common(ctx, "campaignbase stack")
    given: Common = ctx.obj or Common()
    ctx.obj = Common(json=given.json or json)


@app.command()
def start(
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="0 is a free one. [dim]default: the last one, else 54321[/dim]"),
    ] = None,
    data: Data = None,
    version: Version = None,
    worker: Annotated[
        bool, typer.Option("--worker", help="Then label what arrives, until Ctrl-C, which stops it all.")
    ] = False,
    json: Json = False,
) -> None:
    """Start it unless it runs, bring its schema up to date, print its URLs and keys.

    Example:  campaignbase stack start
    Example:  campaignbase stack start --worker
    """
    from campaignbase.local.stack import stack as stacks

    running, ran = stacks.start(data, port, _known(version), say=output.say)
    output.say("the stack runs already" if ran else f"the stack runs; its data is in {running.folder}")
    _tell(ctx, json, running)
    if not worker:
        return
    sys.stdout.flush()
    owns = stacks.take_over(running) or not ran
    if ran and owns:
        output.say("the command that started it was killed; this one stops it at its end")
    try:
        code = stacks.attend(running, owns=owns)
    finally:
        if owns:
            stacks.stop(data, _known(version))
    if code < 0:
        output.say(f"the worker was ended by {signal.Signals(-code).name}")
    output.say("stopped; its data is kept" if owns else "the stack still runs; it ran before")
    if code not in (0, INTERRUPTED):
        raise typer.Exit(code if code > 0 else 1)


@app.command()
def status(ctx: typer.Context, data: Data = None, version: Version = None, json: Json = False) -> None:
    """Print the URLs and keys of the running one.

    Example:  campaignbase stack status --json
    """
    from campaignbase.local.stack import stack as stacks

    running = stacks.status(data, _known(version))
    if running is None:
        raise UnreachableError("no stack runs here; start it with: campaignbase stack start")
    _tell(ctx, json, running)


@app.command()
def stop(ctx: typer.Context, data: Data = None, version: Version = None, json: Json = False) -> None:
    """Stop all of it and keep its data.

    Example:  campaignbase stack stop
    """
    from campaignbase.local.stack import stack as stacks

    stopped = stacks.stop(data, _known(version))
    if _json(ctx, json):
        output.emit({"stopped": stopped})
    else:
        output.say("stopped; its data is kept" if stopped else "none was running")


def _tell(ctx: typer.Context, json: bool, running: "Stack") -> None:
    told = running.table()
    if _json(ctx, json):
        output.emit(told)
    else:
        output.table(["", "value"], [[TITLES[name], value] for name, value in told.items()], fill="value")


def _known(version: int | None) -> int | None:
    if version not in (None, 16, 18):
        raise InputError(f"--version {version}: there is 16 and 18")
    return version


def _json(ctx: typer.Context, json: bool) -> bool:
    given: Common = ctx.obj or Common()
    return given.json or json
