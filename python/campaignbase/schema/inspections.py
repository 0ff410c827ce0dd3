"""The queries an operator runs, sql/inspect/: one SELECT a file, under a comment that says what it answers.

Here they run in a transaction that can only read; `psql -f` runs them as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from campaignbase.errors import InputError, NotConfiguredError, UnreachableError
from campaignbase.schema import files
from campaignbase.schema.connection import connect

SECONDS = 60  # then the query is given up: it must not burden a database that is in trouble already


@dataclass(frozen=True)
class Inspection:
    """One query. `answers` is the first line of its comment, `worry` the rest: when, and what to do."""

    name: str
    answers: str
    worry: str
    sql: str


@dataclass(frozen=True)
class Answer:
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def inspections() -> list[Inspection]:
    """All of them, by name."""
    return [
        _read(path.stem, path.read_text(encoding="utf-8"))
        for path in sorted((files.sql_folder() / "inspect").glob("*.sql"))
    ]


def find(name: str) -> Inspection:
    """The one of that name.

    Raises:
        InputError: there is none.
    """
    known = {one.name: one for one in inspections()}
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"there is {', '.join(known)}"
        raise InputError(f"no inspection {name!r}; {hint}")
    return known[name]


def run(inspection: Inspection, url: str) -> Answer:
    """Ask a database, in a transaction that can only read.

    Raises:
        NotConfiguredError: the schema is not there, or the role may not read it.
        UnreachableError: nothing answers at the URL, or not within a minute.
    """
    with connect(url) as connection:
        import psycopg

        connection.read_only = True
        try:
            connection.execute(f"set local statement_timeout = '{SECONDS}s'".encode())
            cursor = connection.execute(inspection.sql.encode())
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedFunction) as error:
            raise NotConfiguredError(
                f"{_first_line(error)}; apply the migrations: supabase db push --remote,"
                " or campaignbase db start"
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotConfiguredError(f"{_first_line(error)}; connect as postgres") from error
        except psycopg.errors.QueryCanceled as error:
            raise UnreachableError(
                f"{inspection.name} did not answer within {SECONDS} s; try again when there is less load"
            ) from error
        columns = tuple(column.name for column in cursor.description or ())
        return Answer(columns, tuple(cursor.fetchall()))


def _read(name: str, text: str) -> Inspection:
    comment = list(_comment(text))
    return Inspection(name, comment[0], " ".join(comment[1:]), text)


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("-- "):
            return
        yield line.removeprefix("-- ")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
