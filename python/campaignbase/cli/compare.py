"""`campaignbase compare-embedders`: the same labeled texts by several embedders, side by side."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, refuse_common, session
from campaignbase.core.money import usd

if TYPE_CHECKING:
    from campaignbase.pipeline.compare import Compared
    from campaignbase.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("compare-embedders")(compare_embedders)


def compare_embedders(
    ctx: typer.Context,
    train: Annotated[Path, typer.Option("--train", metavar="FILE", help="Lines that fill the collections.")],
    test: Annotated[Path, typer.Option("--test", metavar="FILE", help="Lines to be asked about.")],
    embedder: Annotated[
        list[str] | None,
        typer.Option(help="shipped, minilm, openai; repeat it.  [default: shipped, and minilm if installed]"),
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """Compare embedders on your own labeled texts: accuracy, recall, speed and cost side by side.

    Each line is {"text": ..., "category": ...}. Every embedder fills a collection of vecs of its own, in
    the schema vecs of a Postgres, dropped afterwards; no workspace is touched. Needs the extra vecs.

    Example:  campaignbase compare-embedders --train train.jsonl --test test.jsonl --database postgresql://...
    """
    refuse_common(ctx, "campaignbase compare-embedders", ("--workspace",))
    run = session(ctx, database, None, json)
    output.say(f"target: {run.target.label}")
    found = asyncio.run(_compare(embedder, train, test, run.target.location, run.settings))
    if run.json:
        output.emit([asdict(one) for one in found])
        return
    output.table(
        ("embedder", "width", "accuracy", "recall@10", "texts/s", "rows filled/s", "query ms", "cost"),
        [
            (
                one.embedder,
                one.width,
                f"{one.accuracy:.3f}",
                f"{one.recall:.3f}",
                f"{one.texts_per_second:,.0f}",
                f"{one.filled_per_second:,.0f}",
                f"{one.query_ms:.2f}",
                usd(one.cost),
            )
            for one in found
        ],
    )
    output.say("accuracy: of the label that most of the nearest ten have; recall@10: of the nearest ten")


async def _compare(
    names: list[str] | None, train: Path, test: Path, url: str, loaded: "Settings"
) -> "list[Compared]":
    from campaignbase import wiring
    from campaignbase.ingest.labeled import read_labeled
    from campaignbase.pipeline.compare import compare

    filled, asked = read_labeled(train), read_labeled(test)
    names = names or wiring.local_embedder_names()
    embedders = [wiring.named_embedder(name, loaded) for name in names]
    with wiring.collections(url) as open_collection:
        try:
            return await compare(embedders, filled, asked, open_collection, output.say)
        finally:
            for embedder in embedders:
                await embedder.close()
