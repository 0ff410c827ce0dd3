"""Puts the schema into a new file, and brings an older one up to it without losing a row."""

# ruff: noqa: S608 - what is put into queries are names from these modules

import functools
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.schema.files import sql_folder
from campaignbase.stores.sqlite_connection import IN_MEMORY, explained

# filled by the schema itself, or empty whenever no transaction is open
_NOT_COPIED = frozenset(
    {"acting", "content_numbers", "default_vocabulary", "folded_words", "resolve_tags", "schema_info"}
)
# an index of words is made anew from the rows that were brought over
_FILL_WORDS = (
    "insert into content_numbers (asset_id) select id from content_assets order by created_at, id",
    "insert into content_words (content_words) values ('rebuild')",
)
_OLD = "upgrading_"
_STAMP = re.compile(
    r"insert into schema_info \(id, version, hash\)\s+values \(1, (?P<version>\d+), '(?P<hash>\w+)'\)"
)


@dataclass(frozen=True)
class Stamp:
    version: int
    hash: str


@functools.cache
def shipped_schema() -> str:
    return (sql_folder() / "sqlite" / "schema.sql").read_text(encoding="utf-8")


def prepare(
    connection: sqlite3.Connection, path: str, now: datetime, schema: str | None = None
) -> Path | None:
    """Make the file hold this schema and the workspace `default`.

    Args:
        schema: a script that fills schema_info; None: the shipped one.
    Returns:
        The copy made before an upgrade; None without one.
    Raises:
        NotConfiguredError: the file is a newer version's or another program's, or cannot be changed.
    """
    script = shipped_schema() if schema is None else schema
    wanted = _stamp_of(script)
    backup = None
    try:
        found = _stamp(connection, path)
        if found is not None and found.version > wanted.version:
            raise NotConfiguredError(
                f"{path} was written by a newer Campaignbase (schema {found.version},"
                f" this one knows {wanted.version}); upgrade campaignbase"
            )
        if found != wanted:
            if found is not None:
                backup = _back_up(connection, path, found, now)
            _install(connection, path, list(split(script)), wanted)
        _settle(connection)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if connection.in_transaction:
            connection.execute("rollback")
        raise explained(error, path) from error
    return backup


def is_shipped(connection: sqlite3.Connection, path: str) -> bool:
    """Has the file the schema of this package? Raises NotConfiguredError: it is another program's."""
    return _stamp(connection, path) == _stamp_of(shipped_schema())


def split(script: str) -> Iterator[str]:
    """The statements of a script, triggers whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        if not statement and (not line.strip() or line.startswith("--")):
            continue
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        yield statement.strip()


def _settle(connection: sqlite3.Connection) -> None:
    """What must be true of every file; one where it is true already is only read."""
    default = (DEFAULT_WORKSPACE_ID,)
    wrong = connection.execute(
        "select exists (select 1 from acting) or not exists (select 1 from workspaces where id = ?)", default
    ).fetchone()[0]
    if not wrong:
        return
    connection.execute("begin immediate")
    # left by nothing of ours; it would make every write a machine's
    connection.execute("delete from acting")
    _put_back(connection)
    connection.execute("commit")


def _put_back(connection: sqlite3.Connection) -> None:
    """The workspace `default`, whose rows may be there where a program without foreign keys deleted it."""
    connection.execute(
        "insert into workspaces (id, name, embedding_model, vocabulary_version) select :id, 'default',"
        " (select embedding_model from content_assets"
        " where workspace_id = :id and embedding_model is not null limit 1),"
        # a version is never given twice
        " (select coalesce(max(vocabulary_version), 0) + 1 from categorizations where workspace_id = :id)"
        " where true on conflict (id) do nothing",
        {"id": DEFAULT_WORKSPACE_ID},
    )


def _stamp_of(script: str) -> Stamp:
    found = _STAMP.search(script)
    if found is None:
        raise ValueError("the schema does not fill schema_info (id, version, hash)")
    return Stamp(int(found["version"]), found["hash"])


def _stamp(connection: sqlite3.Connection, path: str) -> Stamp | None:
    """None for an empty file."""
    names = {row[0] for row in connection.execute("select name from sqlite_schema where type = 'table'")}
    if not names:
        return None
    if "schema_info" not in names:
        raise NotConfiguredError(
            f"{path} holds tables of another program ({', '.join(sorted(names)[:3])}); name another file"
        )
    row = connection.execute("select version, hash from schema_info").fetchone()
    return Stamp(int(row[0]), str(row[1]))


def _back_up(connection: sqlite3.Connection, path: str, found: Stamp, now: datetime) -> Path | None:
    if path == IN_MEMORY:
        return None
    copy = Path(f"{path}.backup-{found.version}-{now:%Y%m%dT%H%M%S%f}")
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    return copy


def _install(connection: sqlite3.Connection, path: str, statements: list[str], wanted: Stamp) -> None:
    """Everything in one transaction; a second process that starts meanwhile finds it done."""
    # without these two a rename would drag the references of other tables along
    connection.execute("pragma foreign_keys = off")
    connection.execute("pragma legacy_alter_table = on")
    try:
        connection.execute("begin immediate")
        if _stamp(connection, path) != wanted:
            old_tables = _set_aside(connection)
            late = [statement for statement in statements if _is_trigger(statement)]
            for statement in statements:
                if statement not in late:
                    connection.execute(statement)
            for table in old_tables:
                _bring_over(connection, path, table)
            if "content_assets" in old_tables:
                for statement in _FILL_WORDS:
                    connection.execute(statement)
            if "workspaces" in old_tables and _has_vocabulary(connection):
                _put_back(connection)
            for statement in late:
                connection.execute(statement)
            broken = connection.execute("pragma foreign_key_check").fetchone()
            if broken is not None:
                raise NotConfiguredError(
                    f"cannot upgrade {path}: row {broken[1]} of {broken[0]} points to a row of {broken[2]}"
                    " that is not there; the file is unchanged; what to do: campaignbase doctor"
                )
        connection.execute("commit")
    except (sqlite3.IntegrityError, CampaignbaseError) as error:
        connection.execute("rollback")
        if isinstance(error, CampaignbaseError):
            raise
        raise NotConfiguredError(f"cannot upgrade {path}: {error}; the file is unchanged") from error
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    finally:
        connection.execute("pragma legacy_alter_table = off")
        connection.execute("pragma foreign_keys = on")


def _has_vocabulary(connection: sqlite3.Connection) -> bool:
    query = "select exists (select 1 from categories where workspace_id = ?)"
    return bool(connection.execute(query, (DEFAULT_WORKSPACE_ID,)).fetchone()[0])


def _is_trigger(statement: str) -> bool:
    return re.match(r"create\s+trigger\b", statement, re.IGNORECASE) is not None


def _set_aside(connection: sqlite3.Connection) -> list[str]:
    """Drop what holds no rows, rename what does; the tables whose rows have to come back."""
    # with what a virtual table keeps its rows in
    for (name,) in connection.execute(
        "select name from sqlite_schema where type = 'table' and sql like 'create virtual table%'"
    ).fetchall():
        connection.execute(f'drop table "{name}"')
    objects = connection.execute(
        "select type, name from sqlite_schema where name not like 'sqlite!_%' escape '!' and sql is not null"
    ).fetchall()
    for kind in ("trigger", "view", "index"):
        for found, name in objects:
            if found == kind:
                connection.execute(f'drop {kind} "{name}"')
    tables = [name for found, name in objects if found == "table"]
    for table in tables:
        if table in _NOT_COPIED:
            connection.execute(f'drop table "{table}"')
        else:
            connection.execute(f'alter table "{table}" rename to "{_OLD}{table}"')
    return [table for table in tables if table not in _NOT_COPIED]


def _bring_over(connection: sqlite3.Connection, path: str, table: str) -> None:
    old = f"{_OLD}{table}"
    rows = connection.execute(f'select count(*) from "{old}"').fetchone()[0]
    new_columns = _columns(connection, table)
    if not new_columns:
        if rows:
            raise NotConfiguredError(
                f"cannot upgrade {path}: it has {rows} rows in {table}, a table this version does not have;"
                " the file is unchanged"
            )
    else:
        names = ", ".join(f'"{name}"' for name in _columns(connection, old) if name in new_columns)
        connection.execute(f'insert into "{table}" ({names}) select {names} from "{old}"')
        copied = connection.execute(f'select count(*) from "{table}"').fetchone()[0]
        if copied != rows:
            raise NotConfiguredError(
                f"cannot upgrade {path}: {copied} of {rows} rows of {table} arrived; the file is unchanged"
            )
        _keep_counting(connection, table, old)
    connection.execute(f'drop table "{old}"')


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Those that can be written; none when the table is not there."""
    found = connection.execute(f'pragma table_xinfo("{table}")').fetchall()
    return [row[1] for row in found if row[6] == 0]


def _keep_counting(connection: sqlite3.Connection, table: str, old: str) -> None:
    """An id once given is never given again, also when its row is gone."""
    if connection.execute("select 1 from sqlite_schema where name = 'sqlite_sequence'").fetchone() is None:
        return
    highest = connection.execute("select seq from sqlite_sequence where name = ?", (old,)).fetchone()
    if highest is None:
        return
    connection.execute("delete from sqlite_sequence where name = ?", (table,))
    connection.execute("insert into sqlite_sequence (name, seq) values (?, ?)", (table, highest[0]))
