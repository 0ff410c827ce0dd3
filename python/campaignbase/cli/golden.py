"""`campaignbase train golden`: the rows that what is new is measured with."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Workspace, common, session
from campaignbase.errors import InputError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.learning import Golden
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)

Ids = Annotated[
    list[str], typer.Argument(help="Content; the first 4 characters will do.", show_default=False)
]


@app.callback()
def golden(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """The golden set: confirmed rows that measure what is new and that nothing learns from.

    Example:  campaignbase train golden
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        list_golden(ctx)


@app.command("list")
def list_golden(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """The golden rows by category.

    Example:  campaignbase train golden list --json
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> list[Golden]:
        return await store.golden(home.id)

    found = sorted(run.run_in_workspace(act), key=lambda row: (row.category, row.id))
    if run.json:
        output.emit({"golden": [{"id": row.id, "category": row.category, "text": row.text} for row in found]})
        return
    output.table(
        ("id", "category", "text"),
        [(row.id[:8], row.category, output.short(row.text, 200)) for row in found],
        fill="text",
    )
    counts = Counter(row.category for row in found)
    output.say(
        f"{output.plural(len(found), 'golden row')} of {output.plural(len(counts), 'category', 'categories')}"
    )


@app.command()
def add(
    ctx: typer.Context,
    ids: Ids,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Measure with these rows from now on; nothing learns from them any more. A person must have filed them.

    Example:  campaignbase train golden add 3f2a 77b0
    """
    _set(ctx, ids, True, database, workspace, json)


@app.command()
def remove(
    ctx: typer.Context,
    ids: Ids,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Take rows out of the golden set; they are learned from again.

    Example:  campaignbase train golden remove 3f2a
    """
    _set(ctx, ids, False, database, workspace, json)


def _set(
    ctx: typer.Context,
    ids: Sequence[str],
    wanted: bool,
    database: str | None,
    workspace: str | None,
    json: bool,
) -> None:
    run = session(ctx, database, workspace, json)

    async def act(store: Store) -> int:
        rows = [await run.explain(store, key) for key in ids]
        if any(row.asset is None for row in rows):
            raise InputError("only content can be golden, no campaign; leave campaigns out")
        return await store.set_golden([row.asset.id for row in rows if row.asset is not None], wanted)

    changed = run.run(act)
    if run.json:
        output.emit({"changed": changed, "golden": wanted})
    else:
        way = "added to" if wanted else "removed from"
        output.say(f"{output.plural(changed, 'row')} {way} the golden set")
