"""CSV and its relatives with ';' or tab. Pure."""

import csv
import io

from campaignbase.errors import InputError
from campaignbase.ingest.records import BadRow, Record, Table

DELIMITERS = (",", ";", "\t", "|")
# far above what a row may hold, so that a text too long is refused by its size and not by the csv module
_FIELD_LIMIT = 1 << 28


def parse(text: str, name: str, delimiter: str | None = None) -> Table:
    """Rows under a header line.

    Args:
        delimiter: one character; None: whichever of , ; tab | the header line holds most of.
    Raises:
        InputError: no rows, a column twice, or quotes that never close: from there on nothing can be trusted.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter or _delimiter(text),
        strict=True,
        skipinitialspace=True,
    )
    line = 1
    table: Table | None = None
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            raise InputError(f"{name}:{line}: {_explained(error)}; nothing after it can be read") from None
        place, line = f"{name}:{line}", reader.line_num + 1
        if not any(
            cell.strip() for cell in cells
        ):  # a blank line, or the lone delimiters spreadsheets end with
            continue
        if table is None:
            table = Table(name, _header(cells, name))
        elif len(cells) != len(table.columns):
            table.bad.append(
                BadRow(place, f"the header has {len(table.columns)} columns, this row {len(cells)}")
            )
        else:
            table.records.append(Record(place, dict(zip(table.columns, cells, strict=True))))
    if table is None or not (table.records or table.bad):
        raise InputError(f"{name} has a header but no rows")
    return table


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").partition("\n")[0]
    outside_quotes = "".join(header.split('"')[::2])
    return max(DELIMITERS, key=outside_quotes.count)


def _header(cells: list[str], name: str) -> tuple[str, ...]:
    columns = [cell.strip() or f"column_{place}" for place, cell in enumerate(cells, start=1)]
    twice = next((column for place, column in enumerate(columns) if column in columns[:place]), None)
    if twice is not None:
        raise InputError(f"{name}: the header names column {twice!r} twice; rename one")
    return tuple(columns)


def _explained(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end of data" in text:
        return "a quote opens here and never closes"
    if "expected after" in text:
        return "a closing quote is followed by more text"
    return f"not CSV ({text})"
