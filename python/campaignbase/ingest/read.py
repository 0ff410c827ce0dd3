"""Everything the caller named, read and checked before anything is written. Reads files; writes nothing."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

from campaignbase.errors import InputError
from campaignbase.ingest import delimited, documents, jsonlines
from campaignbase.ingest.columns import Columns, map_columns
from campaignbase.ingest.records import BadRow, Record, Table, decode
from campaignbase.ingest.rows import Row, RowError, make_row, merged

Format = Literal["csv", "jsonl", "text"]
FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    **dict.fromkeys(documents.SUFFIXES, "text"),
}
STDIN = "-"
BAD_ROWS_SHOWN = 10

__all__ = ["Options", "Reading", "Row", "read"]


@dataclass(frozen=True, slots=True)
class Options:
    columns: Columns = field(default_factory=Columns)
    campaign: str | None = None  # for all rows
    asset_type: str = "text"  # for rows that say nothing else
    format: Format | None = None  # None: by the file's name, jsonl from stdin
    encoding: str | None = None  # None: UTF-8
    delimiter: str | None = None  # None: from the header line
    skip_bad: bool = False
    golden: bool = False  # every row has a category, and is measured with instead of learned from


@dataclass(slots=True)
class Reading:
    """`rows`: each identity once, in the order met. `files`: name and how many rows were read from it."""

    rows: list[Row] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)
    duplicates: int = 0  # rows met again in the same files
    contradictions: list[BadRow] = field(default_factory=list)  # of those, whose label is another; not taken
    bad: list[BadRow] = field(default_factory=list)  # left out, only with skip_bad
    unmapped: list[str] = field(default_factory=list)  # columns kept in parameters
    left_out: int = 0  # files of a folder that are no documents


def read(paths: Sequence[str], options: Options, stdin: BinaryIO | None = None) -> Reading:
    """Rows of all files, or nothing.

    Args:
        paths: files, folders of documents, or "-" for stdin.
    Raises:
        InputError: what is wrong with a file as a whole; or, without `skip_bad`, every bad row by its place.
    """
    reading = Reading()
    seen: dict[str, int] = {}
    for path in paths:
        table = _table(path, options, stdin)
        mapped = (
            map_columns(
                table.columns,
                options.columns,
                table.name,
                fixed=table.fixed,
                campaign_given=options.campaign is not None,
            )
            if table.records
            else {}
        )
        known = len(reading.bad)
        reading.bad += table.bad
        reading.left_out += table.left_out
        reading.files.append((table.name, len(table.records) + len(table.bad)))
        for record in table.records:
            _take(record, mapped, options, seen, reading)
        reading.bad[known:] = sorted(reading.bad[known:], key=_line)
    if reading.bad and not options.skip_bad:
        raise InputError(_bad_rows(reading.bad))
    if not reading.rows:
        raise InputError(f"no row can be taken: all {len(reading.bad)} are bad; first: {reading.bad[0]}")
    # of rows that are taken: a column of bad rows alone is kept nowhere
    reading.unmapped = list(
        dict.fromkeys(column for row in reading.rows for column in row.content.parameters)
    )
    return reading


def _take(
    record: Record, mapped: dict[str, str], options: Options, seen: dict[str, int], reading: Reading
) -> None:
    try:
        row = make_row(record, mapped, asset_type=options.asset_type, campaign=options.campaign)
    except RowError as error:
        reading.bad.append(BadRow(record.place, str(error)))
        return
    if options.golden:
        if row.content.primary_category is None:
            reading.bad.append(BadRow(record.place, "no category, and a golden row needs one"))
            return
        row = replace(row, content=replace(row.content, golden=True))
    key = row.content.source_key or ""
    place = seen.setdefault(key, len(reading.rows))
    if place == len(reading.rows):
        reading.rows.append(row)
        return
    before = reading.rows[place]
    if "id" in mapped and _texts(before) != _texts(row):
        reading.bad.append(
            BadRow(record.place, f"id {key!r} stands at {before.place} too, with another text")
        )
        return
    if options.golden and before.content.primary_category != row.content.primary_category:
        one, other = before.content.primary_category, row.content.primary_category
        reading.bad.append(
            BadRow(record.place, f"a golden text has one category: {one!r} at {before.place}, {other!r} here")
        )
        return
    reading.duplicates += 1
    reading.rows[place], contradictions = merged(before, row)
    reading.contradictions += [BadRow(record.place, reason) for reason in contradictions]


def _texts(row: Row) -> tuple[str | None, ...]:
    content = row.content
    return (content.content, content.prompt, content.alt_text, content.file_path)


def _line(row: BadRow) -> int:
    """0 for a document of a folder, whose place is a file."""
    line = row.place.rpartition(":")[2]
    return int(line) if line.isdecimal() else 0


def _bad_rows(bad: Sequence[BadRow]) -> str:
    lines = [str(row) for row in bad[:BAD_ROWS_SHOWN]]
    if len(bad) > BAD_ROWS_SHOWN:
        lines.append(f"and {len(bad) - BAD_ROWS_SHOWN:,} more")
    head = "1 bad row" if len(bad) == 1 else f"{len(bad):,} bad rows"
    return f"{head}, so nothing was taken; correct them or leave them out with --skip-bad\n  " + "\n  ".join(
        lines
    )


def _table(path: str, options: Options, stdin: BinaryIO | None) -> Table:
    if path == STDIN:
        if stdin is None:
            raise InputError("'-' means stdin, and there is none")
        return _parsed(stdin.read(), "stdin", options.format or "jsonl", options)
    place = Path(path)
    if place.is_dir():
        return _folder(place, options)
    kind = options.format or FORMATS.get(place.suffix.lower())
    if not place.exists():
        raise InputError(f"{path} does not exist")
    if kind is None:
        raise InputError(
            f"{path}: cannot tell what it holds; expected a folder or a name ending in {', '.join(FORMATS)};"
            " or say so with --format"
        )
    delimiter = "\t" if place.suffix.lower() == ".tsv" and options.delimiter is None else options.delimiter
    return _parsed(_bytes(place), path, kind, options, delimiter)


def _parsed(data: bytes, name: str, kind: Format, options: Options, delimiter: str | None = None) -> Table:
    text = decode(data, name, options.encoding)
    if kind == "csv":
        return delimited.parse(text, name, delimiter or options.delimiter)
    if kind == "jsonl":
        return jsonlines.parse(text, name)
    table = _documents(name)
    _add(table, documents.parse(text, name, Path(name).name))
    return table


def _folder(folder: Path, options: Options) -> Table:
    table = _documents(str(folder))
    for path in _files(folder):
        if path.suffix.lower() not in documents.SUFFIXES:
            table.left_out += 1
            continue
        data = _bytes(path)
        if not data.strip():
            table.bad.append(BadRow(str(path), "no text"))
            continue
        text = decode(data, str(path), options.encoding)
        _add(table, documents.parse(text, str(path), path.relative_to(folder).as_posix()))
    if not (table.records or table.bad):
        raise InputError(f"the folder {folder} holds no {', '.join(documents.SUFFIXES)} file")
    return table


def _documents(name: str) -> Table:
    fixed = {"content": documents.TEXT_COLUMN, "file_path": documents.PATH_COLUMN}
    return Table(name, (documents.TEXT_COLUMN, documents.PATH_COLUMN), fixed=fixed)


def _add(table: Table, parsed: Record | BadRow) -> None:
    if isinstance(parsed, BadRow):
        table.bad.append(parsed)
        return
    table.records.append(parsed)
    table.columns = tuple(dict.fromkeys((*table.columns, *parsed.fields)))


def _files(folder: Path) -> Iterator[Path]:
    """In order of their names; hidden ones and linked folders left out."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
