"""`campaignbase search`: content by meaning."""

from contextlib import aclosing
from typing import Annotated

import typer
from rich.text import Text

from campaignbase.cli import output
from campaignbase.cli.rows import LABEL_WIDTH, TEXT_WIDTH
from campaignbase.cli.session import Database, Json, Session, Workspace, session
from campaignbase.core.text import is_blank
from campaignbase.errors import InputError
from campaignbase.models import SearchHit
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store
from campaignbase.settings import Settings

MAX_HITS = 100


def register(app: typer.Typer) -> None:
    app.command()(search)


def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="What to look for, in your own words.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MAX_HITS, help="How many rows.")] = 10,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Find content by what it means, best first.

    Example:  campaignbase search "something to cheer up a rainy day" -n 5
    """
    if is_blank(text):
        raise InputError("the search text is blank; say what to look for")
    run = session(ctx, database, workspace, json)
    run.say_notices()
    hits = run.run_in_workspace(lambda store, found: find(store, found, text, limit, run.settings))
    if not hits:
        output.say("nothing found: no content has a vector yet; add some: campaignbase ingest FILE")
    _print(run, text, hits)


async def find(
    store: Store, workspace: WorkspaceRow, text: str, limit: int, loaded: Settings | None = None
) -> list[SearchHit]:
    """`loaded`: whose keys choose the embedder. Raises InputError when no word of the text can be read."""
    from campaignbase import wiring

    async with aclosing(wiring.embedders(loaded)) as found, wiring.brief_answers(store, loaded) as answers:
        embedder = found.of(workspace)
        (vector,) = await answers.embed(embedder, [(workspace.id, text)])
    if not vector.any():
        raise InputError(f"no word of {text!r} can be read; say it in other words")
    return await store.semantic_search(vector, limit, workspace.id, embedder.model)


def _print(run: Session, text: str, hits: list[SearchHit]) -> None:
    if run.json:
        output.emit({"query": text, "hits": hits})
    elif hits:
        _show(hits)


def _show(hits: list[SearchHit]) -> None:
    if not output.on_terminal():
        columns = ("similarity", "id", "category", "tags", "text")
        cells = [(hit.similarity, hit.id, hit.primary_category, hit.tags, hit.text) for hit in hits]
        output.table(columns, cells)
        return
    drawn = output.grid()
    drawn.add_column(no_wrap=True)
    drawn.add_column(no_wrap=True, width=LABEL_WIDTH)
    drawn.add_column(ratio=1)
    for place, hit in enumerate(hits):
        if place:
            drawn.add_row()
        label = Text(hit.primary_category or "to review", "bold" if hit.primary_category else "yellow")
        drawn.add_row(output.score(hit.similarity), label, Text(output.short(hit.text, 2 * TEXT_WIDTH - 20)))
        about = " ".join((hit.id[:8], *(f"#{tag}" for tag in hit.tags)))
        drawn.add_row("", "", Text(output.short(about, TEXT_WIDTH - 8), "dim"))
    output.console().print(drawn)
