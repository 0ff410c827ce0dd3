"""Apply the migrations of a foreign project statement by statement, and say what could not be.

What they make is read afterwards, nothing of it is called: a body that Postgres would refuse does no harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbase.errors import CampaignbaseError, InputError
from campaignbase.schema import loader, statements
from campaignbase.schema.translate.report import Entry, Outcome

if TYPE_CHECKING:
    import psycopg

    from campaignbase.schema.connection import Connection

STAND_INS = Path(__file__).with_name("stand_ins.sql")
# extensions whose functions and types stand_ins.sql has; a hosted project has the first two from the start
_STOOD_FOR = frozenset(
    {"uuid-ossp", "pgcrypto", "moddatetime", "citext", "pg_cron", "pg_net", "supabase_vault"}
)
_UNDEFINED = frozenset({"42704", "42883", "42P01", "3F000"})  # object, function, table, schema
_SHOWN = 100
_EXTENSION = re.compile(
    r"(?P<verb>create|alter|drop|comment\s+on)\s+extension\s+(?:if\s+(?:not\s+)?exists\s+)?\"?(?P<name>[\w-]+)",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"(create|alter|drop|comment\s+on)\s+event\s+trigger\s+(?:if\s+exists\s+)?(\S+)", re.IGNORECASE
)
_BLOCK = re.compile(r"(?:begin|commit|end|start\s+transaction)(?:\s+(?:work|transaction))?", re.IGNORECASE)
_FUNCTION = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\s+(?P<name>[\w.\"]+)", re.IGNORECASE
)
_INDEX = re.compile(r"create\s+index\s+(?:if\s+not\s+exists\s+)?(?!on\s)(?P<name>[\w.\"]*)", re.IGNORECASE)
_CONCURRENTLY = re.compile(
    r"^((?:create\s+(?:unique\s+)?|drop\s+)index|refresh\s+materialized\s+view)\s+concurrently\b",
    re.IGNORECASE,
)
# rows in psql's own form, which no connection takes as a statement
_COPY = re.compile(r"copy\s[^;]*\sfrom\s+stdin\b", re.IGNORECASE)
_NOT_HERE = 'relation "realtime.messages" does not exist'
_COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)*", re.DOTALL)
_ABOUT = {
    "grant": "grant",
    "revoke": "grant",
    "create trigger": "trigger",
    "create policy": "policy",
    "alter policy": "policy",
    "drop policy": "policy",
    "comment on policy": "policy",
}


@dataclass
class Migrations:
    """Applies files to one database; `entries` are what was left out."""

    connection: "Connection"
    entries: list[Entry] = field(default_factory=list)
    _missing: set[str] = field(default_factory=set)  # extensions
    _gone: set[str] = field(default_factory=set)  # functions that could not be made

    def prepare(self) -> None:
        loader.run(self.connection, [loader.Script(STAND_INS, 1, STAND_INS.read_text(encoding="utf-8"))])
        self.connection.commit()

    def apply(self, path: Path) -> None:
        """Run one file.

        Raises:
            InputError: Postgres refused a statement; the text names file, line and statement.
        """
        self.connection.execute(b"reset all")
        # bodies may name what only the real extensions have
        self.connection.execute(b"set check_function_bodies = off")
        for line, text in _statements(path):
            self._run(path, line, text)
        self.connection.commit()

    def _run(self, path: Path, line: int, text: str) -> None:
        import psycopg

        plain = statements.without_comments(text).strip()
        if not plain or _BLOCK.fullmatch(plain) or self._left_out(plain):
            return
        if _COPY.match(plain):
            raise InputError(
                f"{path}:{line}: rows by COPY ... FROM stdin, which only psql reads; take them out, with the"
                " lines that follow, in a copy of the folder and translate that: a schema holds no rows"
            )
        if _CONCURRENTLY.match(plain):
            text = _CONCURRENTLY.sub(r"\1", plain)
        try:
            with self.connection.transaction():
                self.connection.execute(text.encode())
        except psycopg.Error as error:
            if not self._does_without(plain, error):
                kind = InputError if error.sqlstate else CampaignbaseError  # none: Postgres is gone
                raise kind(self._refusal(path, line, text, error)) from error

    def _left_out(self, plain: str) -> bool:
        """Whether nothing has to be run for a statement."""
        if event := _EVENT.match(plain):
            if event[1].lower() == "create":
                self._say("trigger", event[2].strip('"'), "an event trigger: it watches statements, not rows")
            return True
        extension = _EXTENSION.match(plain)
        if extension is None or (name := extension["name"].lower()) in self._available():
            return False
        if extension["verb"].lower() == "create" and name not in self._missing:
            self._missing.add(name)
            given = "; a stand-in gave what migrations use of it most" if name in _STOOD_FOR else ""
            self._say("extension", name, f"not in the embedded Postgres{given}")
        return True

    def _available(self) -> set[str]:
        found = self.connection.execute("select name::text from pg_catalog.pg_available_extensions")
        return {str(name) for (name,) in found}

    def _does_without(self, plain: str, error: "psycopg.Error") -> bool:
        """Whether the schema is the same without a statement that Postgres refused."""
        if error.sqlstate not in _UNDEFINED:
            return False
        reason = str(error.diag.message_primary)
        # alter table: row level security on
        about = _about(plain) or ("policy" if plain.lower().startswith("alter table") else None)
        if reason == _NOT_HERE and about:
            self._say(about, _shortened(plain), "realtime.messages belongs to the platform and is not here")
            return True
        if (function := _FUNCTION.match(plain)) and reason.startswith("language "):
            name = function["name"].replace('"', "")
            self._gone.add(name.rpartition(".")[2])
            self._say("function", name, f"{reason} in the embedded Postgres")
            return True
        if (index := _INDEX.match(plain)) and self._missing:
            name = index["name"].replace('"', "") or _shortened(plain)
            self._say("index", name, f"only speed: {reason}")
            return True
        if any(re.search(rf"\b{re.escape(name)}\b", plain) for name in self._gone):
            self._say(_about(plain) or "function", _shortened(plain), f"its function is left out: {reason}")
            return True
        return False

    def _refusal(self, path: Path, line: int, text: str, error: "psycopg.Error") -> str:
        position = error.diag.statement_position
        line += text.count("\n", 0, int(position) - 1) if position else 0
        plain = " ".join(statements.without_comments(text).split())
        shown = plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}..."
        missing = f" (without the extension {', '.join(sorted(self._missing))})" if self._missing else ""
        return (
            f"{path}:{line}: {loader.describe(error)}{missing}, in {shown!r}; mend this statement, or take it"
            f" out, in a copy of the folder and translate that"
        )

    def _say(self, kind: str, name: str, reason: str) -> None:
        self.entries.append(Entry(kind, name, Outcome.LEFT_OUT, reason))


def _about(plain: str) -> str | None:
    """The kind of object that a statement says something about; None: another one than those."""
    words = " ".join(plain.lower().split())
    return next((kind for verb, kind in _ABOUT.items() if words.startswith(verb)), None)


def _shortened(plain: str) -> str:
    return " ".join(plain.split())[:_SHOWN]


def _statements(path: Path) -> Iterator[tuple[int, str]]:
    """Each statement with the line it begins on."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.start} ({error.object[error.start]:#04x}) is not UTF-8; save a copy of the"
            " file as UTF-8 and translate that"
        ) from error
    try:
        found = statements.split(text)
    except InputError:  # a body in BEGIN ATOMIC: the file as a whole
        found = [text]
    position = 0
    for statement in found:
        position = text.index(statement, position)
        comments = _COMMENTS.match(statement)
        start = comments.end() if comments else 0
        yield text.count("\n", 0, position + start) + 1, statement[start:]
        position += len(statement)
