"""`campaignbase evaluate`: how right the labels would be, measured on files whose labels are known."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Json, common, refuse_common

if TYPE_CHECKING:
    from campaignbase.pipeline.evaluate import Evaluation


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    ctx: typer.Context,
    train: Annotated[Path, typer.Option("--train", metavar="FILE", help="Lines to learn from.")],
    test: Annotated[Path, typer.Option("--test", metavar="FILE", help="Lines to be asked about.")],
    shots: Annotated[int, typer.Option(min=1, help="Rows of each label in the middle setting.")] = 10,
    json: Json = False,
) -> None:
    """Measure accuracy on your own labeled texts: with label names only, a few examples, all examples.

    Each line is {"text": ..., "category": ...}. No database is touched.

    Example:  campaignbase evaluate --train train.jsonl --test test.jsonl --shots 10
    """
    refuse_common(ctx, "campaignbase evaluate")
    found = asyncio.run(_evaluate(train, test, shots))
    if common(ctx, None, None, json).json:
        output.emit(asdict(found))
        return
    output.say(
        f"{found.embedder}: {found.train_rows:,} rows to learn from, {found.test_rows:,} asked,"
        f" {found.texts_per_second:,.0f} texts a second"
    )
    columns = ("setting", "accuracy", "macro F1", "coverage")
    rows = [
        (setting.name, f"{setting.accuracy:.3f}", f"{setting.macro_f1:.3f}", f"{setting.coverage:.3f}")
        for setting in found.settings
    ]
    output.table(columns, rows)
    output.say("accuracy: best label of every row; coverage: rows sure enough to be labeled without a person")


async def _evaluate(train: Path, test: Path, shots: int) -> "Evaluation":
    from campaignbase import wiring
    from campaignbase.ingest.labeled import read_labeled
    from campaignbase.pipeline.evaluate import evaluate as measure

    return await measure(
        wiring.shipped_embedder(),
        read_labeled(train),
        read_labeled(test),
        shots=shots,
        on_setting=lambda name: output.say(f"measuring {name}"),
    )
