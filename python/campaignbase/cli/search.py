"""`campaignbase search`: content by meaning, by words, or both."""

from contextlib import aclosing
from dataclasses import replace
from enum import Enum
from typing import Annotated

import typer
from rich.text import Text

from campaignbase.cli import output
from campaignbase.cli.categories import meant_category
from campaignbase.cli.rows import LABEL_WIDTH, TEXT_WIDTH
from campaignbase.cli.session import Database, Json, Session, Workspace, session
from campaignbase.cli.tags import meant_tag
from campaignbase.core.text import is_blank
from campaignbase.errors import InputError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.library import FoundContent, SearchQuery
from campaignbase.ports import Store
from campaignbase.settings import Settings

MAX_HITS = 100
SCORES = {"semantic": "similarity", "keyword": "rank", "hybrid": "score"}


class Mode(Enum):
    semantic = "semantic"
    keyword = "keyword"
    hybrid = "hybrid"


def register(app: typer.Typer) -> None:
    app.command()(search)


def search(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="What to look for, in your own words.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=MAX_HITS, help="How many rows.")] = 10,
    mode: Annotated[
        Mode, typer.Option(help="By what it means, by its words, or both fused.", show_default=True)
    ] = Mode.semantic,
    category: Annotated[str | None, typer.Option(help="Only of this category.", show_default=False)] = None,
    tag: Annotated[str | None, typer.Option(help="Only with this tag.", show_default=False)] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Find content, best first.

    Example:  campaignbase search "something to cheer up a rainy day" -n 5
    Example:  campaignbase search "autumn offer" --mode hybrid --category offer
    """
    if is_blank(text):
        raise InputError("the search text is blank; say what to look for")
    run = session(ctx, database, workspace, json)
    run.say_notices()
    asked = SearchQuery(text=text, mode=mode.value, limit=limit, category=category, tag=tag)

    async def act(store: Store, found: WorkspaceRow) -> list[FoundContent]:
        return await find(store, found, await _named(store, found, asked), run.settings)

    hits = run.run_in_workspace(act)
    if not hits:
        output.say(f"nothing found; {_advice(asked)}")
    _print(run, asked, hits)


async def find(
    store: Store, workspace: WorkspaceRow, asked: SearchQuery, loaded: Settings | None = None
) -> list[FoundContent]:
    """In that workspace, by the vector of the text where the mode asks for one.

    Args:
        loaded: whose keys choose the embedder.
    Raises:
        InputError: no word of the text can be read.
    """
    from campaignbase import wiring

    query = replace(asked, workspace_id=workspace.id)
    if asked.mode == "keyword":
        return await store.search(query)
    async with aclosing(wiring.embedders(loaded)) as found, wiring.brief_answers(store, loaded) as answers:
        embedder = found.of(workspace)
        (vector,) = await answers.embed(embedder, [(workspace.id, asked.text or "")])
    if not vector.any():
        raise InputError(f"no word of {asked.text!r} can be read; say it in other words")
    return await store.search(replace(query, vector=vector, model=embedder.model))


async def _named(store: Store, workspace: WorkspaceRow, asked: SearchQuery) -> SearchQuery:
    """With the category and tag that are meant, as the workspace writes them.

    Raises:
        NotFoundError: it has none of that name.
    """
    if asked.category is not None:
        known = await store.categories(workspace.id)
        asked = replace(asked, category=meant_category(known, asked.category).name)
    if asked.tag is not None:
        asked = replace(asked, tag=meant_tag(await store.tags(workspace.id), asked.tag).name)
    return asked


def _advice(asked: SearchQuery) -> str:
    if asked.category is not None or asked.tag is not None:
        return "search without --category and --tag"
    if asked.mode == "keyword":
        return "no content has any of these words; try --mode hybrid"
    return "no content has a vector yet; add some: campaignbase ingest FILE"


def _print(run: Session, asked: SearchQuery, hits: list[FoundContent]) -> None:
    if run.json:
        output.emit({"query": asked.text, "hits": hits})
    elif hits:
        _show(asked, hits)


def _show(asked: SearchQuery, hits: list[FoundContent]) -> None:
    if not output.on_terminal():
        columns = (SCORES[asked.mode], "id", "category", "tags", "text")
        cells = [(hit.score, hit.id, hit.primary_category, hit.tags, hit.text) for hit in hits]
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
        drawn.add_row(output.score(hit.score), label, Text(output.short(hit.text, 2 * TEXT_WIDTH - 20)))
        about = " ".join((hit.id[:8], *(f"#{tag}" for tag in hit.tags)))
        drawn.add_row("", "", Text(output.short(about, TEXT_WIDTH - 8), "dim"))
    output.console().print(drawn)
