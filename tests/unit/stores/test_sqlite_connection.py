import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from campaignbase.errors import NotConfiguredError, UnreachableError
from campaignbase.models import NewContent
from campaignbase.stores import sqlite_connection
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.stores.sqlite_connection import Database, connect, has_wal_reset_bug, run_safely
from campaignbase.testing import FakeClock


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 6, 23), False),  # before WAL
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),  # fixed there too
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_has_wal_reset_bug_knows_the_fixed_versions(version, expected):
    assert has_wal_reset_bug(version) is expected


@pytest.mark.parametrize(
    ("version", "journal", "synchronous"), [((3, 40, 1), "delete", 2), ((3, 51, 3), "wal", 1)]
)
def test_connect_avoids_wal_where_it_loses_commits(tmp_path, monkeypatch, version, journal, synchronous):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with closing(connect(str(tmp_path / "x.db"))) as connection:
        settings = {
            name: connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
        }
    assert settings == {
        "journal_mode": journal,
        "synchronous": synchronous,
        "foreign_keys": 1,
        "recursive_triggers": 0,
        "busy_timeout": 5000,
    }


def test_connect_names_a_missing_folder(tmp_path):
    with pytest.raises(NotConfiguredError) as caught:
        connect(str(tmp_path / "no" / "x.db"))
    assert str(caught.value) == (
        f"cannot create {tmp_path}/no/x.db: there is no folder {tmp_path}/no; create it first"
    )


def test_connect_refuses_a_folder(tmp_path):
    with pytest.raises(NotConfiguredError, match=r"it is a folder; name a file in it"):
        connect(str(tmp_path))


def test_connect_refuses_an_old_sqlite(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(NotConfiguredError, match=r"at least 3\.38 is needed; use a newer Python"):
        connect(str(tmp_path / "x.db"))


def test_a_file_that_is_no_database_is_named(tmp_path):
    path = tmp_path / "x.db"
    path.write_bytes(b"id,content\n" * 500)
    with pytest.raises(NotConfiguredError) as caught:
        SqliteStore(path, clock=FakeClock())
    assert str(caught.value) == (
        f"{path} is not a SQLite database; name another file in CAMPAIGNBASE_DATABASE, or move this one away"
    )
    assert path.read_bytes() == b"id,content\n" * 500


# all that `prepare` touches
MINIMAL = """
create table acting (actor text not null) strict;
create table workspaces (id text primary key, name text not null) strict;
create table schema_info (id integer primary key, version integer not null, hash text not null) strict;
insert into schema_info (id, version, hash) values (1, 1, 'x');
"""
# everything is imported before the user changes, who may not be allowed to read it
AS_NOBODY = """
import os, sys
sys.path[:0] = {modules!r}
from campaignbase.errors import NotConfiguredError
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
try:
    SqliteStore({path!r}, clock=FakeClock(), schema={schema!r})
except NotConfiguredError as error:
    print(error)
"""


@pytest.mark.parametrize("read_only", ["folder", "file"])
def test_a_place_that_cannot_be_written_is_named(read_only):
    """In a process of another user, because a superuser may write everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        if read_only == "file":
            path.touch(0o444)
        Path(folder).chmod(0o555 if read_only == "folder" else 0o777)
        code = AS_NOBODY.format(modules=sys.path, path=str(path), schema=MINIMAL)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
        Path(folder).chmod(0o700)
    assert done.stdout.startswith(f"cannot write {path}: "), done.stderr
    assert "make the file and its folder writable" in done.stdout


def test_a_lock_that_does_not_end_is_unreachable(tmp_path, monkeypatch):
    path = tmp_path / "x.db"
    SqliteStore(path, clock=FakeClock())._db.connection.close()
    monkeypatch.setattr(sqlite_connection, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(UnreachableError, match=r"x\.db is locked by another program"):
            SqliteStore(path, clock=FakeClock())


async def test_a_full_disk_is_told(tmp_path):
    store = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    [workspace] = await store.workspaces()
    pages = store._db.value("pragma page_count")
    store._db.value(f"pragma max_page_count = {pages}")
    with pytest.raises(UnreachableError, match=r"the disk is full; make room and try again"):
        await store.insert_content(workspace.id, [NewContent(content="x" * 500_000)])
    assert await store.content(workspace.id) == []
    await store.close()


async def test_a_closed_store_says_so(tmp_path):
    store = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    await store.close()
    await store.close()
    with pytest.raises(UnreachableError, match="is closed"):
        await store.workspaces()


@pytest.mark.parametrize("fails_at", ["inside", "commit"])
def test_a_transaction_that_fails_leaves_nothing(tmp_path, fails_at):
    store = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    database = store._db

    def write() -> None:
        with database.write(machine=True):
            database.run("insert into content_assets (content) values ('one')")
            if fails_at == "inside":
                raise RuntimeError
            # checked when the transaction ends
            database.run("pragma defer_foreign_keys = on")
            database.run("insert into content_assets (content, workspace_id) values ('two', 'nowhere')")

    with pytest.raises((RuntimeError, sqlite3.IntegrityError)):
        write()
    assert database.value("select count(*) from content_assets") == 0
    assert database.value("select count(*) from acting") == 0
    assert not database.connection.in_transaction
    database.connection.close()


def test_a_killed_writer_leaves_no_actor_behind(tmp_path):
    """What was written as a machine is rolled back with the row that says so."""
    path = tmp_path / "x.db"
    SqliteStore(path, clock=FakeClock())._db.connection.close()
    code = f"""
        import os, sqlite3
        connection = sqlite3.connect({str(path)!r}, isolation_level=None)
        connection.execute("pragma cache_size = 1")  # so that pages reach the file before the commit
        connection.execute("begin immediate")
        connection.execute("insert into acting (actor) values ('machine')")
        for number in range(200):
            connection.execute("insert into content_assets (content) values (?)", (str(number) * 100,))
        os.kill(os.getpid(), 9)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], timeout=60, check=False)
    assert done.returncode == -9
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("select count(*) from acting").fetchone() == (0,)
        connection.execute("insert into content_assets (content, primary_category) values ('x', 'offer')")
        found = connection.execute("select category_source from content_assets").fetchall()
        assert found == [("human",)]
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


async def test_other_programs_read_and_write_meanwhile(tmp_path):
    path = tmp_path / "x.db"
    store = SqliteStore(path, clock=FakeClock())
    [workspace] = await store.workspaces()
    code = f"""
        import sqlite3
        connection = sqlite3.connect({str(path)!r}, isolation_level=None, timeout=30)
        for number in range(60):
            connection.execute("insert into content_assets (content) values (?)", (f"theirs {{number}}",))
            connection.execute("select count(*) from content_assets").fetchone()
    """
    other = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)])  # noqa: ASYNC220 - starts, waits for nothing
    for number in range(60):
        await store.insert_content(workspace.id, [NewContent(content=f"ours {number}")])
    assert other.wait(timeout=60) == 0
    texts = {asset.text for asset in await store.content(workspace.id, limit=1000)}
    assert texts == {f"{who} {number}" for who in ("ours", "theirs") for number in range(60)}
    await store.close()


def test_rows_that_must_be_there(tmp_path):
    database = Database(connect(":memory:"), ":memory:", FakeClock())
    assert database.row("select 1 as one")["one"] == 1
    with pytest.raises(LookupError, match="no row for 'select 1 where 0'"):
        database.row("select 1 where 0")
    database.connection.close()


def test_nothing_of_ours_is_needed_to_write(tmp_path):
    """A program without our functions, foreign keys off: the default of SQLite."""
    path = tmp_path / "x.db"
    SqliteStore(path, clock=FakeClock())._db.connection.close()
    code = f"""
        import sqlite3
        connection = sqlite3.connect({str(path)!r})
        connection.execute("insert into content_assets (content, tags) values ('x', '[\\"Urgencies\\"]')")
        connection.commit()
    """
    subprocess.run([sys.executable, "-I", "-c", textwrap.dedent(code)], timeout=60, check=True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select tags, label_state from content_assets").fetchall() == [
            ('["urgency"]', "queued")
        ]


def test_a_start_waits_for_no_writer(tmp_path, monkeypatch):
    path = tmp_path / "x.db"
    SqliteStore(path, clock=FakeClock())._db.connection.close()
    monkeypatch.setattr(sqlite_connection, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        other.execute("insert into content_assets (content) values ('x')")
        SqliteStore(path, clock=FakeClock())._db.connection.close()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            b"CREATE TABLE workspaces",
            b"CREATE TABLE \xff\xfe\xfdkspaces",
        ),  # SQLite's message is no text any more
        (b"CREATE TABLE workspaces", b"CREATE QABLE workspaces"),
    ],
)
async def test_a_damaged_file_is_named_with_what_to_do(tmp_path, old, new):
    path = tmp_path / "x.db"
    await SqliteStore(path, clock=FakeClock()).close()
    content = path.read_bytes()
    assert len(old) == len(new)
    assert re.search(old, content, re.IGNORECASE)
    path.write_bytes(re.sub(old, lambda _: new, content, flags=re.IGNORECASE))
    (tmp_path / "x.db.backup-1-20270101").write_bytes(b"")
    with pytest.raises(NotConfiguredError) as caught:
        SqliteStore(path, clock=FakeClock())
    assert re.fullmatch(
        rf"{path} is damaged: .*malformed.*; restore the copy {path}.backup-1-20270101,"
        rf" or save what can be read: sqlite3 {path} .recover \| sqlite3 recovered.db",
        str(caught.value),
    )


def test_nonsense_of_a_damaged_file_is_no_error_of_the_program(tmp_path):
    db = Database(connect(str(tmp_path / "x.db")), "x.db", FakeClock())

    def read(db):
        return json.loads("no json")

    with pytest.raises(json.JSONDecodeError):  # the file is sound
        run_safely(db, read)
    db.connection.executescript("create table a (b); create index c on a (b); insert into a values (1), (2);")
    db.connection.executescript(
        "pragma writable_schema = on; update sqlite_schema set rootpage = 2 where name = 'c';"
    )
    db.connection.close()
    db = Database(connect(str(tmp_path / "x.db")), "x.db", FakeClock())
    with pytest.raises(NotConfiguredError, match=r"x\.db is damaged: .*; restore a copy of it"):
        run_safely(db, read)
