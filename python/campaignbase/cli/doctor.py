"""`campaignbase doctor`: is everything as it must be, and if not, what to do."""

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from campaignbase.cli import output
from campaignbase.cli.check import Check
from campaignbase.cli.session import Database, Json, Workspace, common

STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    ctx: typer.Context,
    speed: Annotated[bool, typer.Option("--speed/--no-speed", help="Measure the embedder.")] = True,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Check this machine, the configuration, the database and the embedder. Changes nothing.

    Example:  campaignbase doctor
    Example:  campaignbase doctor --json
    """
    from campaignbase.cli import checks

    given = common(ctx, database, workspace, json)
    found = asyncio.run(checks.run(given.database, given.workspace, speed))
    ok = all(check.level != "fail" for check in found)
    if given.json:
        output.emit(
            {
                "ok": ok,
                "checks": [
                    {
                        "name": check.name,
                        "ok": check.level != "fail",
                        "level": check.level,
                        "detail": check.detail,
                        "hint": check.hint,
                    }
                    for check in found
                ],
            }
        )
    else:
        _print(found)
    if not ok:
        raise typer.Exit(1)


def _print(found: list[Check]) -> None:
    screen = output.console()
    width = max(len(check.name) for check in found)
    for check in found:
        line = Text.assemble(
            (f"{check.level:4}", STYLES[check.level]), f"  {check.name:{width}}  ", check.detail
        )
        screen.print(line, soft_wrap=True)
        if check.hint:
            screen.print(Text(f"      {'':{width}}  fix: {check.hint}", "dim"), soft_wrap=True)
