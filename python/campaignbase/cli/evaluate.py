"""`campaignbase evaluate`: how right labels would be on files whose labels are known, or were so far."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Workspace, common, refuse_common, session
from campaignbase.errors import InputError

if TYPE_CHECKING:
    from campaignbase.models import Workspace as WorkspaceRow
    from campaignbase.models.measuring import Measured
    from campaignbase.pipeline.evaluate import Evaluation
    from campaignbase.ports import Store

FIELDS = ("category", "sentiment", "audience")
SHOTS, DAYS = 10, 84
TEXTS, CORRECTED = 2000, 0.1  # of a simulated team
LOOKING = ("random", "queue")


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    ctx: typer.Context,
    train: Annotated[
        Path | None, typer.Option("--train", metavar="FILE", help="Lines to learn from.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", metavar="FILE", help="Lines to be asked about.")
    ] = None,
    descriptions: Annotated[
        Path | None, typer.Option(metavar="FILE", help='Lines {"category": ..., "description": ...}.')
    ] = None,
    shots: Annotated[
        int | None, typer.Option(min=1, help=f"Rows of each label in the middle setting.  [default: {SHOTS}]")
    ] = None,
    embedder: Annotated[
        str | None, typer.Option(help="shipped, or minilm of the extra minilm.  [default: shipped]")
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="What people said of the labels so far.")] = False,
    simulate_team: Annotated[
        Path | None, typer.Option("--simulate-team", metavar="FILE", help="Lines that arrive, wave by wave.")
    ] = None,
    texts: Annotated[
        int | None,
        typer.Option(min=20, help=f"With --simulate-team: the most that arrive.  [default: {TEXTS:,}]"),
    ] = None,
    corrected: Annotated[
        float | None,
        typer.Option(min=0, max=1, help=f"With --simulate-team: share looked at.  [default: {CORRECTED}]"),
    ] = None,
    looking: Annotated[
        str | None, typer.Option(help=f"With --simulate-team: at {' or '.join(LOOKING)} ones.  [random]")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="With --simulate-team: of the order they arrive in.  [default: 0]")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --simulate-team: the curves as SVG.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=3660, help=f"With --live: of UTC, today included.  [default: {DAYS}]"),
    ] = None,
    field: Annotated[str | None, typer.Option(help=f"With --live: {', '.join(FIELDS)}.")] = None,
    audit: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, max=1000, help="With --live: pick N machine labels at random to be judged."
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="With --live: the report with pictures, as one file.")
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Measure accuracy: on your own labeled texts, or of the labels of a workspace so far.

    On texts: with label names only, a few examples, all examples. A line is {"text": ..., "category": ...};
    no database is touched. With --live: by source, label and week, from corrections and audits.
    With --simulate-team: what machines file alone, and how right, while a person looks at some of it; with
    and without learning, in a database of its own that is gone afterwards.

    Example:  campaignbase evaluate --train train.jsonl --test test.jsonl --shots 10
    Example:  campaignbase evaluate --train train.jsonl --test test.jsonl --descriptions labels.jsonl
    Example:  campaignbase evaluate --live --days 28 --html report.html
    Example:  campaignbase evaluate --live --audit 50
    Example:  campaignbase evaluate --simulate-team labeled.jsonl --picture team.svg
    """
    of_texts = {
        "--train": train,
        "--test": test,
        "--shots": shots,
        "--embedder": embedder,
    }
    of_team = {
        "--texts": texts,
        "--corrected": corrected,
        "--looking": looking,
        "--seed": seed,
        "--picture": picture,
    }
    of_live = {"--days": days, "--field": field, "--audit": audit, "--html": html}
    if simulate_team is not None:
        others = {
            **of_texts,
            **of_live,
            "--live": live or None,
            "--database": database,
            "--workspace": workspace,
        }
        _refuse(others, "does not go", "with --simulate-team")
        refuse_common(ctx, "campaignbase evaluate --simulate-team")
        from campaignbase.cli import team

        how = looking or LOOKING[0]
        team.simulate(
            simulate_team,
            descriptions,
            texts or TEXTS,
            CORRECTED if corrected is None else corrected,
            how,
            seed or 0,
            picture,
            as_json=common(ctx, None, None, json).json,
        )
        return
    _refuse(of_team, "goes only", "with --simulate-team")
    of_texts["--descriptions"] = descriptions
    _refuse(of_texts if live else of_live, "does not go" if live else "goes only", "with --live")
    if live:
        _live(ctx, days or DAYS, field or FIELDS[0], audit, html, database, workspace, json)
        return
    if train is None or test is None:
        raise InputError(
            "evaluate needs --train FILE and --test FILE, --live for a workspace's labels so far, or"
            " --simulate-team FILE"
        )
    _refuse({"--database": database, "--workspace": workspace}, "goes only", "with --live")
    refuse_common(ctx, "campaignbase evaluate --train")
    found = asyncio.run(_evaluate(train, test, shots or SHOTS, descriptions, embedder))
    if common(ctx, None, None, json).json:
        output.emit(asdict(found))
        return
    output.say(
        f"{found.embedder}: {found.train_rows:,} rows to learn from, {found.test_rows:,} asked,"
        f" {found.texts_per_second:,.0f} texts a second"
    )
    columns = ("setting", "accuracy", "macro F1", "coverage", "accuracy of those")
    rows = [
        (
            setting.name,
            *(f"{value:.3f}" for value in (setting.accuracy, setting.macro_f1, setting.coverage)),
            "" if setting.applied_accuracy is None else f"{setting.applied_accuracy:.3f}",
        )
        for setting in found.settings
    ]
    output.table(columns, rows)
    output.say(
        "accuracy: best label of every row; coverage: rows sure enough to be labeled without a person,"
        " and how often that was right"
    )


def _refuse(given: Mapping[str, object], verb: str, what: str) -> None:
    for option, value in given.items():
        if value is not None:
            raise InputError(f"{option} {verb} {what}; leave it out")


async def _evaluate(
    train: Path, test: Path, shots: int, descriptions: Path | None, embedder: str | None
) -> "Evaluation":
    from campaignbase import wiring
    from campaignbase.ingest.labeled import read_descriptions, read_labeled
    from campaignbase.pipeline.evaluate import evaluate as measure

    learned, asked = read_labeled(train), read_labeled(test)
    known = {row.text for row in learned}
    if repeated := sum(row.text in known for row in asked):
        output.say(
            f"{repeated:,} of {output.plural(len(asked), 'text')} asked stand in {train} too:"
            " of those this measures memory, not labels"
        )
    return await measure(
        wiring.local_embedder(embedder or "shipped"),
        learned,
        asked,
        shots=shots,
        descriptions=None if descriptions is None else read_descriptions(descriptions),
        on_setting=lambda name: output.say(f"measuring {name}"),
    )


def _live(
    ctx: typer.Context,
    days: int,
    field: str,
    audit: int | None,
    html: Path | None,
    database: str | None,
    workspace: str | None,
    json: bool,
) -> None:
    from campaignbase.cli import accuracy_html, accuracy_text
    from campaignbase.core.accuracy import live_accuracy

    if field not in FIELDS:
        raise InputError(f"--field {field!r}: expected one of {', '.join(FIELDS)}")
    if html is not None and not html.parent.is_dir():
        raise InputError(f"--html {html}: there is no folder {html.parent}")
    run = session(ctx, database, workspace, json)
    since = datetime.now(UTC).date() - timedelta(days=days - 1)

    async def act(store: "Store", found: "WorkspaceRow") -> "tuple[str, Measured]":
        if audit is not None:
            picked = await store.sample_audit(found.id, audit)
            output.say(f"picked {output.plural(picked, 'row')} for an audit")
        return found.name, await store.measured_labels(found.id, since)

    name, measured = run.run_in_workspace(act)
    report = live_accuracy(measured, field, since)
    if html is not None:
        try:
            html.write_text(accuracy_html.page(report, name), encoding="utf-8")
        except OSError as error:
            raise InputError(f"--html {html}: {error.strerror}") from None
        output.say(f"report: {html}")
    if run.json:
        output.emit(asdict(report))
    else:
        accuracy_text.show(report)
