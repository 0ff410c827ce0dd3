"""The command line as a person uses it: arguments in, exit code, stdout and stderr out."""

import json
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from campaignbase import cli as commands
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock

DATABASE = "campaignbase.db"
SALE = "It is raining, so rain jackets are 30% off until it stops. Forecast says Thursday."
HIRING = "We're hiring! Two dishwashers for the evening shift. $19 an hour. Apply now."
TARGET = "target: SQLite ./campaignbase.db"


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """Of a table as it is when piped, without its header."""
        return [line.split("\t") for line in self.out.splitlines()[1:]]


class Cli:
    """Works in `folder`, the current one."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Result:
        self._capsys.readouterr()
        code = commands.run(list(arguments))
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)

    def ok(self, *arguments: str) -> Result:
        result = self(*arguments)
        assert result.code == 0, result.err
        return result

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def write_lines(self, name: str, *rows: dict[str, Any]) -> str:
        return self.write(name, "".join(f"{json.dumps(row)}\n" for row in rows))

    def new(self, name: str = DATABASE) -> None:
        """A database as a first command leaves it, empty but for the default vocabulary and rules."""
        SqliteStore(self.folder / name, clock=FakeClock())._db.connection.close()

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            return connection.execute(sql, values).fetchall()

    def count(self, table: str = "content_assets") -> int:
        """0 also where no database was made."""
        if not (self.folder / DATABASE).exists():
            return 0
        return int(self.query(f"select count(*) from {table}")[0][0])


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    return Cli(tmp_path, capsys)


@pytest.fixture
def filled(cli: Cli) -> dict[str, str]:
    """Ids by first word."""
    cli.ok("ingest", cli.write_lines("a.jsonl", {"text": SALE}, {"text": HIRING}))
    return {text.split()[0]: key for key, text in cli.query("select id, content from content_assets")}


def environment(**changes: str) -> dict[str, str]:
    """For a process of its own."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **changes}
