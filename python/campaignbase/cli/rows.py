"""Rows of content with their labels and reasons, as several commands show them."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from campaignbase.cli import output
from campaignbase.cli.labeling import RowSummary, reason_line

COLUMNS = ("id", "state", "category", "why", "tags", "text")
LABEL_WIDTH = 20
TEXT_WIDTH = output.WIDTH - LABEL_WIDTH - 4  # of the second column
PIPED_TEXT = 200  # characters: a summary, not an export


def show(rows: Sequence[RowSummary]) -> None:
    """A few lines a row on a terminal; a line a row with tabs when piped."""
    if output.on_terminal():
        output.console().print(drawn(rows, with_id=True))
    else:
        output.table(COLUMNS, [_cells(row) for row in rows])


def drawn(rows: Iterable[RowSummary], *, with_id: bool = False) -> Table:
    """What was decided on the left; the text, the reason and the tags on the right."""
    table = output.grid()
    table.add_column(no_wrap=True, width=LABEL_WIDTH)
    table.add_column(ratio=1)
    for place, row in enumerate(rows):
        if place:
            table.add_row()
        label = output.label(row.category, row.source, _state(row))
        label.stylize("bold")
        table.add_row(label, Text(output.short(row.text, TEXT_WIDTH)))
        table.add_row(
            Text(row.sentiment or "", "dim"), Text(output.short(reason_line(row), 2 * TEXT_WIDTH - 8))
        )
        about = [row.id[:8]] if with_id else []
        about += [f"#{tag}" for tag in row.tags]
        if about:
            table.add_row("", Text(output.short(" ".join(about), TEXT_WIDTH), "dim"))
    return table


def _state(row: RowSummary) -> str:
    return "to review" if row.state == "review" else row.state


def _cells(row: RowSummary) -> tuple[object, ...]:
    return (row.id, row.state, row.category, reason_line(row), row.tags, output.short(row.text, PIPED_TEXT))
