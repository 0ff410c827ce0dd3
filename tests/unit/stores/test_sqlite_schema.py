import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from campaignbase.errors import NotConfiguredError
from campaignbase.models import DEFAULT_WORKSPACE_ID, NewContent
from campaignbase.models.library import SearchQuery
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.stores.sqlite_schema import shipped_schema, split
from campaignbase.testing import FakeClock

SHIPPED = shipped_schema()
VERSION = int(re.search(r"insert into schema_info.*?values \(1, (\d+),", SHIPPED, re.DOTALL)[1])
NOW = datetime(2100, 2, 3, 4, 5, 6, tzinfo=UTC)


def stamped(script: str, version: int, name: str = "other") -> str:
    return re.sub(
        r"(insert into schema_info.*?values \(1, )\d+, '\w+'",
        rf"\g<1>{version}, '{name}'",
        script,
        flags=re.DOTALL,
    )


# a later version: one column more in a table, one table more
NEXT = (
    stamped(
        SHIPPED.replace(
            "    alt_text text,\n", "    alt_text text,\n    mood text not null default 'calm',\n", 1
        ),
        VERSION + 1,
    )
    + "\ncreate table extra (id integer primary key) strict;\n"
)
assert "mood" in NEXT


async def fill(path: Path, schema: str | None = None) -> None:
    """Two rows, one of them labeled by a person, one job leased, one finished."""
    store = SqliteStore(path, clock=FakeClock(NOW), schema=schema)
    store._db.run("delete from jobs")
    labeled = NewContent(content="one", primary_category="offer", tags=("urgency",))
    rows = [labeled, NewContent(content="two")]
    await store.insert_content(DEFAULT_WORKSPACE_ID, rows)
    await store.claim_jobs("w1", batch=1)
    await store.close()


def dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'"
                # how the index of words keeps and numbers them depends on when they came
                " and name not like 'content!_words!_%' escape '!'"
                " and name <> 'content_numbers'"
            )
        ]
        return {name: sorted(connection.execute(f'select * from "{name}"'), key=repr) for name in tables}


def schema_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("select sql from sqlite_schema where sql is not null")
        return {sql for (sql,) in found}


def test_split_keeps_triggers_and_texts_whole():
    script = """-- a comment; with a semicolon
create table a (b text); -- after it
insert into a values ('x;
y');

create trigger t after insert on a
begin
    delete from a;
    delete from a; -- that's two
end;
pragma user_version = 3"""
    assert list(split(script)) == [
        "create table a (b text); -- after it",
        "insert into a values ('x;\ny');",
        (
            "create trigger t after insert on a\nbegin\n    delete from a;\n"
            "    delete from a; -- that's two\nend;"
        ),
        "pragma user_version = 3",
    ]


async def test_a_new_file_gets_the_schema_and_the_default_workspace(tmp_path):
    store = SqliteStore(tmp_path / "x.db", clock=FakeClock())
    assert [(found.id, found.name) for found in await store.workspaces()] == [
        (DEFAULT_WORKSPACE_ID, "default")
    ]
    assert store.backup is None
    assert store.target == f"SQLite {tmp_path}/x.db"
    await store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]
    with closing(sqlite3.connect(tmp_path / "x.db")) as connection:
        assert connection.execute("pragma user_version").fetchone() == (VERSION,)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
        assert connection.execute("pragma foreign_key_check").fetchall() == []


async def test_a_second_start_changes_nothing(tmp_path):
    path = tmp_path / "x.db"
    await fill(path)
    before = path.read_bytes()
    await SqliteStore(path, clock=FakeClock()).close()
    assert dump(path)
    assert path.read_bytes()[100:] == before[100:]  # the header counts changes


async def test_a_file_from_before_the_index_of_words_is_searched_by_them(tmp_path):
    path = tmp_path / "x.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for (name,) in connection.execute(
            "select name from sqlite_schema where type = 'trigger' and name like '%log_words%'"
        ).fetchall():
            connection.execute(f"drop trigger {name}")
        connection.execute("drop table content_words")
        connection.execute("drop view content_texts")
        connection.execute("drop table content_numbers")
        connection.execute("update schema_info set hash = 'older'")
    store = SqliteStore(path, clock=FakeClock(NOW))
    [hit] = await store.search(SearchQuery(text="one", mode="keyword"))
    assert hit.text == "one"
    await store.delete_content(hit.id)
    assert await store.search(SearchQuery(text="one", mode="keyword")) == []
    [hit] = await store.search(SearchQuery(text="two", mode="keyword"))
    await store.close()


async def test_a_missing_default_workspace_is_made_again(tmp_path):
    path = tmp_path / "x.db"
    await SqliteStore(path, clock=FakeClock()).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("delete from workspaces")
    store = SqliteStore(path, clock=FakeClock())
    assert len(await store.categories(DEFAULT_WORKSPACE_ID)) > 15
    await store.close()


@pytest.mark.parametrize("schema", [None, NEXT], ids=["this version", "a later one"])
async def test_a_workspace_deleted_without_foreign_keys_comes_back_with_what_it_had(tmp_path, schema):
    path = tmp_path / "x.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update content_assets set embedding = zeroblob(6144), embedding_model = 'm/1'")
        connection.execute("delete from categories where name = 'webinar'")
        connection.execute("update categorizations set vocabulary_version = 500")
        before = connection.execute("select count(*) from categories").fetchone()
        connection.execute("delete from workspaces")
    store = SqliteStore(path, clock=FakeClock(NOW), schema=schema)
    [workspace] = await store.workspaces()
    assert (workspace.name, workspace.embedding_model, workspace.vocabulary_version) == (
        "default",
        "m/1",
        501,
    )
    assert (len(await store.categories(workspace.id)), len(await store.content(workspace.id))) == (*before, 2)
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("pragma foreign_key_check").fetchall() == []


async def test_an_older_file_is_upgraded_without_losing_a_row(tmp_path):
    path = tmp_path / "x.db"
    await fill(path)
    before = dump(path)
    store = SqliteStore(path, clock=FakeClock(NOW), schema=NEXT)
    await store.close()

    assert store.backup == tmp_path / f"x.db.backup-{VERSION}-20000203T040506000000".replace("2000", "2100")
    assert dump(store.backup) == before
    after = dump(path)
    assert after.pop("extra") == []
    columns = [row[1] for row in sqlite3.connect(path).execute("pragma table_info(content_assets)")]
    moods = {row[columns.index("mood")] for row in after["content_assets"]}
    assert moods == {"calm"}
    place = columns.index("mood")
    after["content_assets"] = [row[:place] + row[place + 1 :] for row in after["content_assets"]]
    assert after.pop("schema_info") != before.pop("schema_info")
    assert after == before
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("insert into content_words (content_words) values ('integrity-check')")
    fresh = tmp_path / "fresh.db"
    await SqliteStore(fresh, clock=FakeClock(), schema=NEXT).close()
    assert schema_of(path) == schema_of(fresh)


async def test_an_upgraded_file_still_works(tmp_path):
    path = tmp_path / "x.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into content_assets (content) values ('three')")
        [(highest,)] = connection.execute("select max(id) from jobs").fetchall()
        connection.execute("delete from content_assets where content = 'three'")
    store = SqliteStore(path, clock=FakeClock(NOW), schema=NEXT)
    await store.insert_content(DEFAULT_WORKSPACE_ID, [NewContent(content="four", tags=("urgency",))])
    assert store._db.value("select max(id) from jobs") > highest  # a job's number is never given twice
    usage = {tag.name: tag.usage_count for tag in await store.tags(DEFAULT_WORKSPACE_ID) if tag.usage_count}
    assert usage == {"urgency": 2}
    assert store._db.all("pragma foreign_key_check") == []
    with pytest.raises(sqlite3.IntegrityError):
        store._db.run("insert into content_assets (workspace_id, content) values ('nowhere', 'x')")
    await store.close()


async def test_another_schema_of_the_same_version_is_replaced(tmp_path):
    path = tmp_path / "x.db"
    await fill(path, stamped(SHIPPED, VERSION))
    store = SqliteStore(path, clock=FakeClock(NOW))
    assert len(await store.content(DEFAULT_WORKSPACE_ID)) == 2
    await store.close()
    assert store.backup is not None
    fresh = tmp_path / "fresh.db"
    await SqliteStore(fresh, clock=FakeClock()).close()
    assert schema_of(path) == schema_of(fresh)


async def test_a_newer_file_is_refused_untouched(tmp_path):
    path = tmp_path / "x.db"
    await fill(path, NEXT)
    before = path.read_bytes()
    with pytest.raises(NotConfiguredError) as caught:
        SqliteStore(path, clock=FakeClock())
    assert str(caught.value) == (
        f"{path} was written by a newer Campaignbase (schema {VERSION + 1}, this one knows {VERSION});"
        " upgrade campaignbase"
    )
    assert path.read_bytes() == before


def test_a_file_of_another_program_is_refused_untouched(tmp_path):
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table bookmarks (url text)")
    with pytest.raises(NotConfiguredError, match=r"holds tables of another program \(bookmarks\)"):
        SqliteStore(path, clock=FakeClock())
    assert set(dump(path)) == {"bookmarks"}


@pytest.mark.parametrize(
    ("later", "told"),
    [
        (
            NEXT.replace("mood text not null default 'calm'", "mood text not null"),
            "NOT NULL constraint failed",
        ),
        (NEXT.replace("default 'calm'", "default 'calm' check (mood <> 'calm')"), "CHECK constraint failed"),
        (
            stamped(
                re.sub(r"(?m)^create (table|index \w+\s+on) cache_entries\b[^;]*;", "", SHIPPED), VERSION + 1
            ),
            "it has 1 rows in cache_entries, a table this version does not have",
        ),
    ],
    ids=["column without value", "check", "table gone"],
)
async def test_an_upgrade_that_fails_leaves_the_file_as_it_was(tmp_path, later, told):
    path = tmp_path / "x.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "insert into cache_entries (cache_key, cache_value, cache_type, expires_at)"
            " values ('k', '1', 'text', '2100-01-01T00:00:00.000000Z')"
        )
    before, schema = dump(path), schema_of(path)
    with pytest.raises(NotConfiguredError, match=rf"cannot upgrade {path}: {told}.*; the file is unchanged"):
        SqliteStore(path, clock=FakeClock(NOW), schema=later)
    assert (dump(path), schema_of(path)) == (before, schema)
    store = SqliteStore(path, clock=FakeClock())
    assert len(await store.content(DEFAULT_WORKSPACE_ID)) == 2
    await store.close()


async def test_rows_that_point_nowhere_stop_an_upgrade(tmp_path):
    path = tmp_path / "x.db"
    await fill(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("drop trigger social_posts__check_references_insert")
        connection.execute("insert into social_posts (campaign_id, platform) values (?, 'x')", ("a" * 36,))
    with pytest.raises(
        NotConfiguredError, match=r"of social_posts points to a row of campaigns that is not there"
    ):
        SqliteStore(path, clock=FakeClock(NOW), schema=NEXT)


def test_processes_that_start_at_once_agree(tmp_path):
    path = tmp_path / "x.db"
    code = (
        "from campaignbase.stores.sqlite import SqliteStore; from campaignbase.testing import FakeClock;"
        f" SqliteStore({str(path)!r}, clock=FakeClock())._db.connection.close()"
    )
    preload = f"import sys; sys.path[:0] = {sys.path!r}; "
    started = [subprocess.Popen([sys.executable, "-c", preload + code]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select count(*) from workspaces").fetchone() == (1,)
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
