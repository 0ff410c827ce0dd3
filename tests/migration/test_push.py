"""The real `supabase db push`, as the non-superuser `postgres`, beside our own way to apply migrations."""

from pathlib import Path

import pytest
from tests.support.postgres import VERSIONS, Database
from tests.support.supabase_cli import SupabaseCli

from campaignbase.local import postgres
from campaignbase.schema import apply
from campaignbase.schema.catalogue import differences, read
from campaignbase.schema.connection import connect

HISTORY = "select version, name, statements from supabase_migrations.schema_migrations order by version"
HISTORY_TABLE = """
    select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, c.relowner::regrole::text
    from pg_attribute as a
    inner join pg_class as c on c.oid = a.attrelid
    where a.attrelid = 'supabase_migrations.schema_migrations'::regclass and a.attnum > 0
    order by a.attnum
"""
UP_TO_DATE = "Remote database is up to date.\n"
EACH = [*(pytest.param(version, marks=pytest.mark.proof) for version in VERSIONS[:-1]), VERSIONS[-1]]


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_push_twice_changes_nothing_the_second_time(
    pg_platform: Database, pg_shared: Database, supabase_cli: SupabaseCli
) -> None:
    supabase_cli.push(pg_platform.url)
    with pg_platform.connect() as connection, pg_shared.connect() as shared:
        pushed = read(connection)
        assert differences(read(shared), pushed) == []
        history = rows(pg_platform.url, HISTORY)
        assert supabase_cli.push(pg_platform.url) == UP_TO_DATE
        assert differences(pushed, read(connection)) == []
        assert rows(pg_platform.url, HISTORY) == history


def test_push_with_its_seed_makes_the_default_workspace(
    pg_platform: Database, supabase_cli: SupabaseCli
) -> None:
    supabase_cli.push(pg_platform.url, "--include-seed")
    assert rows(pg_platform.url, "select id::text, name from public.workspaces") == [
        ("00000000-0000-0000-0000-000000000001", "default")
    ]


def test_our_history_is_the_one_push_writes_and_ours_finds_nothing_to_do_after_it(
    pg_platform: Database, pg_bare: Database, supabase_cli: SupabaseCli
) -> None:
    supabase_cli.push(pg_platform.url)
    assert apply.apply_migrations(pg_platform.url) == []
    apply.apply_migrations(pg_bare.url)
    assert rows(pg_bare.url, HISTORY) == rows(pg_platform.url, HISTORY)
    assert rows(pg_bare.url, HISTORY_TABLE) == rows(pg_platform.url, HISTORY_TABLE)


@pytest.mark.parametrize("version", EACH)
def test_push_finds_nothing_to_do_after_db_start(
    version: int, open_folder: Path, supabase_cli: SupabaseCli
) -> None:
    server = postgres.start(version, open_folder)
    assert supabase_cli.push(server.url) == UP_TO_DATE


@pytest.mark.parametrize("version", EACH)
def test_push_completes_a_db_start_without_migrations(
    version: int, open_folder: Path, supabase_cli: SupabaseCli
) -> None:
    server = postgres.start(version, open_folder, migrations=False)
    assert rows(server.url, "select to_regnamespace('private')::text") == [(None,)]
    supabase_cli.push(server.url)
    assert supabase_cli.push(server.url) == UP_TO_DATE
    assert [version for version, *_ in rows(server.url, HISTORY)] == [
        migration.version for migration in apply.migrations()
    ]
