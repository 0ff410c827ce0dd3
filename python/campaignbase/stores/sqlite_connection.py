"""One connection to one SQLite file: its settings, its transactions, and its errors in our words."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError, UnreachableError
from campaignbase.ports import Clock
from campaignbase.stores.sqlite_rows import stamp

BUSY_SECONDS = 5.0
CACHE_KILOBYTES = 65536
OLDEST_SQLITE = (3, 38, 0)  # the first with JSON always built in
IN_MEMORY = ":memory:"
MALFORMED = "database disk image is malformed"  # SQLite's words

Row = sqlite3.Row
P = ParamSpec("P")
T = TypeVar("T")


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Can this SQLite lose commits of two writers in WAL mode? Fixed in 3.51.3, 3.50.7 and 3.44.6."""
    if version[:2] in {(3, 44), (3, 50)}:
        return version[2] < {44: 6, 50: 7}[version[1]]
    return (3, 7, 0) <= version < (3, 51, 3)


def connect(path: str) -> sqlite3.Connection:
    """Open or create the file, with the settings that every connection needs.

    Raises:
        NotConfiguredError: it cannot be opened, or is no SQLite file.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise NotConfiguredError(
            f"Python's SQLite is {sqlite3.sqlite_version}, at least 3.38 is needed; use a newer Python"
        )
    if path != IN_MEMORY:
        folder = Path(path).absolute().parent
        if not folder.is_dir():
            raise NotConfiguredError(f"cannot create {path}: there is no folder {folder}; create it first")
        if Path(path).is_dir():
            raise NotConfiguredError(f"cannot open {path}: it is a folder; name a file in it")
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=512
        )
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise explained(error, path) from error
    try:
        _prepare(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        connection.close()
        raise explained(error, path) from error
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    # trusted_schema stays on: with it off, SQLite up to 3.40 refuses json_type() in checks
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma recursive_triggers = off")
    # a transaction that outgrows its cache locks readers out before it commits
    connection.execute(f"pragma cache_size = -{CACHE_KILOBYTES}")
    if has_wal_reset_bug(sqlite3.sqlite_version_info):
        connection.execute("pragma journal_mode = delete")
        connection.execute("pragma synchronous = full")
    else:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")


def damage(path: str, told: str = MALFORMED) -> tuple[str, str]:
    """What is wrong with the file, and what to do."""
    copies = sorted(Path(path).absolute().parent.glob(f"{Path(path).name}.backup-*"))
    copy = f"the copy {copies[-1]}" if copies else "a copy of it"
    saved = f"sqlite3 {path} .recover | sqlite3 recovered.db"
    return f"{path} is damaged: {told}", f"restore {copy}, or save what can be read: {saved}"


def explained(error: sqlite3.Error | UnicodeDecodeError, path: str) -> CampaignbaseError:
    """`UnicodeDecodeError`: SQLite's own message or a text of the file is no text any more."""
    if isinstance(error, UnicodeDecodeError):
        return NotConfiguredError("; ".join(damage(path)))
    told = str(error)
    code = getattr(error, "sqlite_errorname", None) or ""
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return UnreachableError(
            f"{path} is locked by another program for more than {BUSY_SECONDS:g} seconds;"
            " try again when it is done"
        )
    if code.startswith("SQLITE_NOTADB"):
        return NotConfiguredError(
            f"{path} is not a SQLite database; name another file in CAMPAIGNBASE_DATABASE,"
            " or move this one away"
        )
    if code.startswith("SQLITE_CORRUPT") or "Could not decode" in told:
        return NotConfiguredError("; ".join(damage(path, told)))
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return NotConfiguredError(
            f"cannot write {path}: {told}; make the file and its folder writable,"
            " or name another in CAMPAIGNBASE_DATABASE"
        )
    if code.startswith("SQLITE_FULL"):
        return UnreachableError(f"cannot write {path}: the disk is full; make room and try again")
    if isinstance(error, sqlite3.IntegrityError | sqlite3.DataError):
        return InputError(told)
    return UnreachableError(f"{path} does not answer: {told}")


class Database:
    """The one connection of a store. Its methods are called by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, path: str, clock: Clock) -> None:
        self.connection = connection
        self.path = path
        self.clock = clock

    def now(self) -> str:
        return stamp(self.clock.now())

    @contextmanager
    def write(self, *, machine: bool = False) -> Iterator[None]:
        """One transaction, a person's unless said otherwise; rolled back when anything is raised."""
        with self._transaction("begin immediate"):
            if machine:
                self.run("insert into acting (actor) values ('machine')")
            yield
            if machine:
                self.run("delete from acting")

    @contextmanager
    def read(self) -> Iterator[None]:
        """Every query inside sees the same state."""
        with self._transaction("begin"):
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self.connection.execute(begin)
        try:
            yield
            self.connection.execute("commit")
        except BaseException:
            # a commit fails too: a reader may hold the file for longer than we wait
            if self.connection.in_transaction:
                self.connection.execute("rollback")
            raise

    def run(self, query: str, values: Any = ()) -> int:
        """How many rows it changed."""
        return self.connection.execute(query, values).rowcount

    def run_many(self, query: str, values: Sequence[Any]) -> None:
        if values:
            self.connection.executemany(query, values)

    def all(self, query: str, values: Any = ()) -> list[Row]:
        return self.connection.execute(query, values).fetchall()

    def one(self, query: str, values: Any = ()) -> Row | None:
        found: Row | None = self.connection.execute(query, values).fetchone()
        return found

    def row(self, query: str, values: Any = ()) -> Row:
        """One that must be there."""
        found = self.one(query, values)
        if found is None:
            raise LookupError(f"no row for {query!r}")
        return found

    def value(self, query: str, values: Any = ()) -> Any:
        found = self.connection.execute(query, values).fetchone()
        return None if found is None else found[0]


def run_safely(
    db: Database, work: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call `work`, with SQLite's errors in our words, also those of queries outside a transaction."""
    try:
        return work(db, *args, **kwargs)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise explained(error, db.path) from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        problem = _nonsense(db.connection)  # a damaged file may be read without an error of SQLite's
        if problem is None:
            raise
        raise NotConfiguredError("; ".join(damage(db.path, problem))) from error


def _nonsense(connection: sqlite3.Connection) -> str | None:
    """What SQLite finds wrong with the file; None when it is sound."""
    try:
        found = str(connection.execute("pragma quick_check(1)").fetchone()[0])
    except (sqlite3.Error, UnicodeDecodeError):
        return MALFORMED
    return None if found == "ok" else found.splitlines()[-1]
