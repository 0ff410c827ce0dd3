"""`campaignbase bench`: our speed beside a peer's, in the same run."""

from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Json, common, refuse_common

if TYPE_CHECKING:
    from campaignbase.bench.rows import BenchRow


def register(app: typer.Typer) -> None:
    app.command()(bench)


def bench(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="Which ones; none means all.", show_default=False)
    ] = None,
    rows: Annotated[
        int,
        typer.Option(min=2_000, help="To search by SQL, and to label again; the goals are meant for 100000."),
    ] = 10_000,
    json: Json = False,
) -> None:
    """Measure the embedder, search, the queue and the pipeline, each beside its peer. Takes minutes.

    Example:  campaignbase bench
    Example:  campaignbase bench embedder search --json
    Example:  campaignbase bench search-sql --rows 100000
    """
    refuse_common(ctx, "campaignbase bench")
    from campaignbase.bench.run import run

    measured = run(names or (), output.say, rows)
    if common(ctx, None, None, json).json:
        output.emit({"rows": [_document(row) for row in measured]})
        return
    columns = ("work", "ours", "peer", "its name", "ratio", "goal", "note")
    output.table(columns, [_cells(row) for row in measured], fill="note")


def _document(row: "BenchRow") -> dict[str, object]:
    return {
        "name": row.name,
        "unit": row.unit,
        "ours": row.ours,
        "peer_name": row.peer_name,
        "peer": row.peer,
        "ratio": row.ratio,
        "goal": row.goal,
        "note": row.note,
    }


def _cells(row: "BenchRow") -> tuple[object, ...]:
    peer = "" if row.peer is None else f"{row.peer:,.1f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return (row.name, f"{row.ours:,.1f} {row.unit}", peer, row.peer_name, ratio, row.goal, row.note)
