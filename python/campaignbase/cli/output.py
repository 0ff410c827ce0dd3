"""How results look: rich on a terminal, tab-separated when piped, JSON when asked for."""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

WIDTH = 100  # columns; wider terminals are not filled
WIDEST_CELL = 40  # of columns that do not give way
NARROW_CELL = 12  # of those that do where the terminal is narrow
GAP = 2  # between columns

SOURCE_STYLES = {
    "human": "green",
    "rule": "cyan",
    "reuse": "blue",
    "neighbor": "blue",
    "trained": "magenta",
    "model": "default",
}
JOINERS = "\u200c\u200d"  # make letters and emoji one; other format characters could turn a line around
STATE_STYLES = {"labeled": "default", "review": "yellow", "queued": "dim", "failed": "red"}


def data(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def emit(value: Any) -> None:
    """One JSON document on stdout, in ASCII where that is not UTF-8."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    data(json.dumps(value, ensure_ascii=encoding != "utf8", indent=2, default=_jsonable))


def failed(error: object, code: int, as_json: bool, kind: str | None = None) -> int:
    """Tell an error and hand back its exit code."""
    say(f"error: {error}")
    if as_json:
        name = kind or type(error).__name__
        emit({"error": {"type": name, "message": str(error), "exit_code": code}})
    return code


def console() -> Console:
    """For stdout; colors only where it is a terminal and NO_COLOR is not set."""
    screen = Console(highlight=False, soft_wrap=False)
    screen.width = min(screen.width, WIDTH) if screen.is_terminal else WIDTH
    return screen


def on_terminal() -> bool:
    return sys.stdout.isatty()


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, fill: str | None = None) -> None:
    """Rows for people on a terminal; one line a row and tabs between cells when piped.

    Args:
        fill: the column that takes what is left of the line, and gives way when that is little.
    Columns from the right on for which a terminal has no room are named below instead.
    """
    if not on_terminal():
        data("\t".join(columns))
        for row in rows:
            data("\t".join(one_line(_plain(cell)) for cell in row))
        return
    drawn = Table(
        box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0), expand=fill is not None
    )
    cells = [
        [cell if isinstance(cell, Text) else Text(one_line(_plain(cell))) for cell in row] for row in rows
    ]
    screen = console()
    place_of_fill = columns.index(fill) if fill is not None else None
    heads, widths = list(columns), _widths(columns, cells, place_of_fill)
    if _line(widths) > screen.width:
        heads = [column.replace(" ", "\n") for column in columns]
        widths = _narrowed(_widths(heads, cells, place_of_fill), screen.width)
    shown = len(widths)
    for place in range(shown):
        filling = place == place_of_fill
        width, ratio = (None, 1) if filling else (widths[place], None)
        drawn.add_column(heads[place], overflow="ellipsis", no_wrap=True, width=width, ratio=ratio)
    for row in cells:
        drawn.add_row(*row[:shown])
    screen.print(drawn)
    left_out = [column for column in columns[shown:] if column]
    if left_out:
        say(f"no room for {', '.join(left_out)}: widen the terminal, or ask for --json")


def _widths(heads: Sequence[str], cells: Sequence[Sequence[Text]], fill: int | None) -> list[int]:
    """What each column takes; of the one that fills, the least."""
    found = []
    for place, head in enumerate(heads):
        widest = max(map(len, head.splitlines()), default=0)
        widest = max([widest, *(row[place].cell_len for row in cells)])
        found.append(min(widest, NARROW_CELL if place == fill else WIDEST_CELL))
    return found


def _narrowed(widths: list[int], space: int) -> list[int]:
    """The widest give way first, down to NARROW_CELL; then there are fewer columns."""
    for shown in range(len(widths), 1, -1):
        found = widths[:shown]
        while _line(found) > space and max(found) > NARROW_CELL:
            found[found.index(max(found))] -= 1
        if _line(found) <= space:
            return found
    return widths[:1]


def _line(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def grid() -> Table:
    """A table without lines or header, its columns yet to come."""
    return Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))


def one_line(text: str) -> str:
    """Fit for a terminal: whitespace as one space, and no control character that could steer it."""
    return " ".join("".join(letter if _harmless(letter) else " " for letter in text).split())


def clean(text: str) -> str:
    """As one_line, but lines stay lines."""
    return "\n".join(
        "".join(letter if _harmless(letter) else " " for letter in line).rstrip()
        for line in text.splitlines()
    )


def short(text: str | None, width: int) -> str:
    line = one_line(text or "")
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def score(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def counted(*parts: tuple[int, str]) -> str:
    """ "200 assets and 1 campaign"; of parts that are all 0, the first: "0 assets"."""
    told = [part for part in parts if part[0]] or [*parts[:1]]
    return " and ".join(plural(count, one) for count, one in told)


def verb(count: int, one: str, many: str) -> str:
    """ "waits" of one, "wait" of none or several."""
    return one if count == 1 else many


def label(name: str | None, source: str | None, state: str | None = None) -> Text:
    """A label in the color of who decided; where nobody did, the state of the row."""
    if name is None:
        return Text(state or "", STATE_STYLES.get(state or "", ""))
    return Text(one_line(name), SOURCE_STYLES.get(source or "", ""))


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where that is a terminal; yields a function that takes how many are done by now."""
    if not sys.stderr.isatty() or not total:
        yield lambda _done: None
        return
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _harmless(letter: str) -> bool:
    return letter.isprintable() or letter in JOINERS or unicodedata.category(letter) in ("Cn", "Co")


def _text(cell: object) -> Text:
    return cell if isinstance(cell, Text) else Text(one_line(_plain(cell)))


def _plain(cell: object) -> str:
    match cell:
        case None:
            return ""
        case Text():
            return cell.plain
        case float():
            return f"{cell:.3f}"
        case list() | tuple():
            return ", ".join(str(part) for part in cell)
    return str(cell)


def _jsonable(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    if hasattr(value, "item"):  # a numpy number
        return value.item()
    return dict(value)
