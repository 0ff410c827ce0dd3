"""Copies between the engines: exact, without side effects, resumable, refused whole, looked at afterwards."""

import asyncio
import shutil
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.moving.scene import ROWS, contents, counts, fill, moved, postgres, sqlite
from tests.support.postgres import Database

from campaignbase.errors import CampaignbaseError, InputError, NotConfiguredError
from campaignbase.models import JobResult
from campaignbase.moving import copy as copying
from campaignbase.moving.postgres_side import PostgresSide
from campaignbase.moving.sqlite_side import SqliteSide
from campaignbase.stores.postgres import PostgresStore
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FAKE_MODEL, FakeClock, hash_vectors

TRIGGERS = """
    select name, sql
    from sqlite_schema
    where type = 'trigger' and name not like '%!_!_log!_%' escape '!'
    order by tbl_name, rowid
"""
OFF = "select tgname from pg_trigger where tgenabled <> 'O'"


def to_postgres(path: Path, database: Database, **options: object) -> copying.CopyReport:
    return moved(SqliteSide(str(path)), PostgresSide(database.url), **options)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "source.db"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def source(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(filled, tmp_path))


async def test_every_table_goes_to_postgres_and_back_exactly(
    source: Path, pg_database: Database, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    report = to_postgres(source, pg_database)
    assert {one.table for one in report.tables if not one.rows} == {"workspace_members"}
    assert all(one.source_hash == one.target_hash for one in report.tables)
    moved(PostgresSide(pg_database.url), SqliteSide(str(back), creates=True))
    assert contents(back) == contents(source)
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(back)) as other:
        assert one.execute(TRIGGERS).fetchall() == other.execute(TRIGGERS).fetchall()
    assert postgres(pg_database, OFF) == []


async def test_nothing_is_queued_stamped_counted_or_told_for_it(source: Path, pg_database: Database) -> None:
    to_postgres(source, pg_database)
    for query in (
        "select count(*) from {0}categorizations",
        "select count(*) from {0}webhook_deliveries",
        "select sum(usage_count) from {0}categories",
        "select sum(usage_count) from {0}tags",
        "select sum(vocabulary_version) from {0}workspaces",
        "select count(*) from {0}content_assets where confirmed_at is not null",
        "select sum(revision_count) from {0}content_assets",
        "select count(*) from {0}webhook_secrets",
    ):
        inner = "private." if "secrets" in query else "public."
        assert postgres(pg_database, query.format(inner)) == sqlite(source, query.format("")), query
    [(folded, rate)] = postgres(
        pg_database,
        "select (select folded_name from tags where name = 'urgency' limit 1),"
        " (select engagement_rate from social_posts)",
    )
    assert (folded, float(rate)) == ("urgency", 0.07)  # computed by the target


async def test_jobs_wait_again_and_can_be_claimed(source: Path, pg_database: Database) -> None:
    report = to_postgres(source, pg_database)
    states = "select state, count(*), max(failures), max(last_error) from {0}jobs group by 1 order by 1"
    before = [row[:2] for row in sqlite(source, states.format(""))]
    assert before == [("dead", 1), ("leased", 1), ("waiting", 1)]
    assert (report.jobs, report.leased) == (3, 1)
    assert postgres(pg_database, states.format("private.")) == [
        ("dead", 1, 5, "boom"),
        ("waiting", 2, 0, None),
    ]
    assert postgres(pg_database, "select count(*) from private.jobs where content_hash is null") == [(0,)]
    postgres(pg_database, "update private.jobs set run_at = now()")  # the file's clock is ahead
    store = await PostgresStore.open(pg_database.url)
    claimed = await store.claim_jobs("w", 10)
    assert len(claimed) == 2
    assert all(
        job.text and job.text.startswith("Spring sale") and job.embedding is not None for job in claimed
    )
    await store.close()


async def test_an_interrupted_copy_goes_on(
    source: Path, pg_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "BATCH", 3)
    seen: list[tuple[str, int]] = []

    def stop(table: str, rows: int) -> None:
        seen.append((table, rows))
        if table == "content_assets" and rows == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        to_postgres(source, pg_database, on_rows=stop)
    assert postgres(pg_database, "select count(*) from content_assets") == [(3,)]
    assert postgres(pg_database, "select count(*) from private.jobs") == [(0,)]
    assert postgres(pg_database, OFF) == []
    report = to_postgres(source, pg_database)
    present = {one.table: one.present for one in report.tables}
    assert (present["workspaces"], present["content_assets"], present["categorizations"]) == (2, 3, 0)
    assert next(one.rows for one in report.tables if one.table == "content_assets") == ROWS
    again = to_postgres(source, pg_database)
    assert all(one.present == one.rows for one in again.tables)
    assert again.jobs == 0


CONFLICTS = [
    (
        "insert into tags (workspace_id, name) values ('{w}', 'extra')",
        r"tags [0-9a-f-]{36}: only in the target",
    ),
    (
        "update categories set description = 'x' where name = 'offer'",
        r"categories [0-9a-f-]{36}: another description",
    ),
    ("update content_assets set content = 'x'", r"content_assets [0-9a-f-]{36}: another content.*"),
]


@pytest.mark.parametrize(("change", "told"), CONFLICTS)
async def test_other_rows_in_the_target_refuse_it_whole(
    change: str, told: str, source: Path, pg_database: Database
) -> None:
    to_postgres(source, pg_database)
    [(workspace,)] = sqlite(source, "select id from workspaces where name = 'Fernway'")
    postgres(pg_database, change.format(w=workspace))
    sqlite(
        source,
        "insert into campaigns (workspace_id, name, campaign_type) values (?, 'New', 'x')",
        (workspace,),
    )
    before = counts(pg_database)
    with pytest.raises(InputError, match=told) as refused:
        to_postgres(source, pg_database)
    assert "nothing was written" in str(refused.value)
    assert "or delete the workspace there first: campaignbase workspace delete NAME" in str(refused.value)
    assert counts(pg_database) == before


async def test_a_key_of_another_workspace_refuses_it(source: Path, pg_database: Database) -> None:
    [(other,)] = postgres(pg_database, "insert into workspaces (name) values ('Other') returning id")
    postgres(
        pg_database,
        "insert into cache_entries (cache_key, workspace_id, cache_value, cache_type, expires_at)"
        " values ('k', %s, '1', 'x', now())",
        [other],
    )
    before = counts(pg_database)
    with pytest.raises(InputError, match="cache_entries k: there in another workspace"):
        to_postgres(source, pg_database)
    assert counts(pg_database) == before


async def test_other_workspaces_of_the_target_stay_as_they_are(
    source: Path, pg_database: Database, tmp_path: Path
) -> None:
    second = tmp_path / "second.db"
    await fill(second, "Second")
    sqlite(second, "delete from workspaces where name = 'default'")
    to_postgres(source, pg_database)
    sqlite(second, "update cache_entries set cache_key = 'k2'")
    to_postgres(second, pg_database)
    names = postgres(pg_database, "select name from workspaces order by name")
    assert sorted(names) == [("Fernway",), ("Second",), ("default",)]
    to_postgres(source, pg_database)  # still the same


FRESH = "insert into workspaces (id, name) values ('00000000-0000-0000-0000-000000000001', 'default')"


async def test_the_workspace_that_every_new_database_has_makes_way(
    source: Path, pg_database: Database, tmp_path: Path
) -> None:
    postgres(pg_database, FRESH)  # as seed.sql does it
    store = await PostgresStore.open(pg_database.url)
    jobs = await store.claim_jobs("w", 500)  # and a worker has already been there
    vector = hash_vectors(["x"])[0]
    await store.complete_jobs(
        [JobResult(job.id, job.attempt, embedding=vector, embedding_model=FAKE_MODEL) for job in jobs]
    )
    await store.close()
    before = counts(pg_database)
    assert to_postgres(source, pg_database, dry_run=True).replaced
    assert counts(pg_database) == before
    report = to_postgres(source, pg_database)
    assert report.replaced
    assert all(one.source_hash == one.target_hash for one in report.tables)
    # the same on a file
    there = tmp_path / "there.db"
    SqliteStore(there, clock=FakeClock())._db.connection.close()
    assert moved(SqliteSide(str(source)), SqliteSide(str(there))).replaced
    assert contents(there) == contents(source)


@pytest.mark.parametrize(
    "change",
    [
        "update categories set description = 'ours' where name = 'offer'",
        "update categories set parent_id = null where name = 'job_opening'",
        "update automation_rules set enabled = false",
        "delete from tags where name = 'urgency'",
        "update workspaces set timezone = 'Europe/Vienna'",
        "insert into content_assets (content) values ('ours')",
    ],
)
async def test_but_not_once_anything_was_written_there(
    source: Path, pg_database: Database, change: str
) -> None:
    postgres(pg_database, FRESH)
    postgres(pg_database, change)
    before = counts(pg_database)
    with pytest.raises(InputError, match="nothing was written"):
        to_postgres(source, pg_database)
    assert counts(pg_database) == before


async def test_what_stands_in_the_way_is_told_without_the_workspace_that_makes_way(
    pg_database: Database, second: Database
) -> None:
    user = pg_database.create_user("ada@example.com")
    for database in (pg_database, second):
        postgres(database, FRESH)
    with pytest.raises(InputError) as refused:
        moved(PostgresSide(pg_database.url), PostgresSide(second.url))
    [line] = [line for line in str(refused.value).splitlines() if line.startswith("  ")]
    assert line == f"  workspace_members {user}: has no account in the target; or copy --without-members"


async def test_members_go_where_their_accounts_are(pg_database: Database, second: Database) -> None:
    user = pg_database.create_user("ada@example.com")
    with pytest.raises(
        InputError, match=f"workspace_members {user}: has no account in the target; or copy --without"
    ):
        moved(PostgresSide(pg_database.url), PostgresSide(second.url))
    assert counts(second)["workspaces"] == 0
    moved(PostgresSide(pg_database.url), PostgresSide(second.url), members=False)
    assert counts(second)["workspace_members"] == 0
    with second.connect() as connection:
        connection.execute("delete from public.workspaces")
    with psycopg.connect(second.admin_url, autocommit=True) as admin:
        admin.execute("insert into auth.users (id, email) values (%s, 'ada@example.com')", [user])
        admin.execute("delete from public.workspaces")
    moved(PostgresSide(pg_database.url), PostgresSide(second.url))
    roles = "select user_id, role from workspace_members"
    assert postgres(second, roles) == postgres(pg_database, roles) == [(uuid.UUID(str(user)), "owner")]


async def test_a_target_written_meanwhile_is_noticed(source: Path, pg_database: Database) -> None:
    def write(table: str, _rows: int) -> None:
        if table == "social_posts":
            postgres(pg_database, "update campaigns set name = 'Autumn'")

    with pytest.raises(
        CampaignbaseError, match="campaigns: of 1 rows 1 are there, or they say something else"
    ) as told:
        to_postgres(source, pg_database, on_rows=write)
    assert told.value.exit_code == 1
    assert postgres(pg_database, "select count(*) from private.jobs where kind = 'categorize_content'") == [
        (0,)
    ]


async def test_other_versions_are_refused(source: Path, pg_database: Database, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    await fill(old)
    sqlite(old, "update schema_info set hash = 'older'")
    with pytest.raises(NotConfiguredError, match="has the schema of another version of Campaignbase"):
        to_postgres(old, pg_database)
    with pytest.raises(NotConfiguredError, match="has the schema of another version of Campaignbase"):
        moved(PostgresSide(pg_database.url), SqliteSide(str(old)))
    sqlite(tmp_path / "foreign.db", "create table t (x)")
    with pytest.raises(NotConfiguredError, match="holds tables of another program"):
        moved(PostgresSide(pg_database.url), SqliteSide(str(tmp_path / "foreign.db")))
    postgres(
        pg_database,
        "create schema supabase_migrations;"
        " create table supabase_migrations.schema_migrations (version text primary key);"
        " insert into supabase_migrations.schema_migrations values ('29990101000000')",
    )
    with pytest.raises(NotConfiguredError, match="has migration 29990101000000, which this package does not"):
        to_postgres(source, pg_database)
    postgres(pg_database, "delete from supabase_migrations.schema_migrations")
    with pytest.raises(NotConfiguredError, match="lacks migration 20260101000000: supabase db push"):
        to_postgres(source, pg_database)
    postgres(
        pg_database, "drop schema supabase_migrations cascade; alter table tags drop column aliases cascade"
    )
    with pytest.raises(NotConfiguredError, match=r"lacks tags\.aliases: its schema is not this version's"):
        to_postgres(source, pg_database)


async def test_what_one_engine_cannot_hold_is_told_and_the_triggers_are_on(
    source: Path, pg_database: Database
) -> None:
    sqlite(source, "update content_assets set alt_text = 'a' || char(0) || 'b' where rowid = 1")
    with pytest.raises(InputError, match=r"content_assets: .*0x00"):
        to_postgres(source, pg_database)
    assert postgres(pg_database, OFF) == []
    assert counts(pg_database)["content_assets"] == 0
