r"""Read SQL files through their tables of contents (`\ir` lines) and run them, without psql."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.errors import CampaignbaseError

if TYPE_CHECKING:
    from campaignbase.schema.connection import Connection

_ERROR_PARTS = ("message_primary", "message_detail", "message_hint", "context")
_META = re.compile(r"\\(\w+)[ \t]*(.*?)[ \t]*$")


@dataclass(frozen=True)
class Script:
    """SQL of one file, or of one stretch of it between two `\\ir` lines."""

    path: Path
    first_line: int
    sql: str


def read(path: Path) -> list[Script]:
    r"""The scripts a file leads to, in load order.

    `\ir FILE` reads FILE relative to the file it stands in; `\set` lines are for psql and ignored.

    Raises:
        CampaignbaseError: a file is missing, or a line asks psql for something else.
    """
    return list(_walk(path, ()))


def run(connection: "Connection", scripts: Iterable[Script]) -> None:
    """Run scripts in order, in the caller's transaction.

    Raises:
        CampaignbaseError: Postgres refused; the text begins with file and line.
    """
    import psycopg

    for script in scripts:
        try:
            connection.execute(script.sql.encode())
        except psycopg.Error as error:
            raise CampaignbaseError(f"{script.path}:{_line(script, error)}: {describe(error)}") from error


def describe(error: Exception) -> str:
    """Message, detail, hint and context of a Postgres error, on as many lines."""
    diag = getattr(error, "diag", None)
    parts = (getattr(diag, name, None) for name in _ERROR_PARTS)
    return "\n    ".join(part for part in parts if part) or str(error)


def _walk(path: Path, above: tuple[Path, ...]) -> Iterator[Script]:
    if path in above:
        raise CampaignbaseError(f"{path}: reads itself through {above[-1]}")
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        raise CampaignbaseError(f"{above[-1] if above else path}: no file {path}") from None
    start = 0
    for number, line in enumerate(lines):
        command = _META.match(line)
        if command is None:
            continue
        yield from _stretch(path, lines, start, number)
        start = number + 1
        if command[1] == "ir":
            yield from _walk((path.parent / command[2]).resolve(), (*above, path))
        elif command[1] != "set":
            raise CampaignbaseError(f"{path}:{number + 1}: unknown line {line.strip()!r}; expected \\ir FILE")
    yield from _stretch(path, lines, start, len(lines))


def _stretch(path: Path, lines: list[str], start: int, end: int) -> Iterator[Script]:
    if any(line.strip() and not line.lstrip().startswith("--") for line in lines[start:end]):
        yield Script(path, start + 1, "".join(lines[start:end]))


def _line(script: Script, error: Exception) -> int:
    """The line of the file an error points at; the script's first when it points nowhere."""
    position = getattr(getattr(error, "diag", None), "statement_position", None)
    if position is None:
        return script.first_line
    return script.first_line + script.sql.count("\n", 0, int(position) - 1)
