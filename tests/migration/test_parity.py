"""sql/load.sql and supabase/migrations/ make the same database, and running things twice is harmless."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.support.postgres import Database, PostgresServer

from campaignbase.errors import CampaignbaseError, NotConfiguredError
from campaignbase.local.postgres import prepare_platform
from campaignbase.schema import apply, build, files, loader
from campaignbase.schema.catalogue import Catalogue, differences, read
from campaignbase.schema.connection import connect

LATER = "20991231000000_add_nothing.sql"


def catalogue(database: Database) -> Catalogue:
    with database.connect() as connection:
        return read(connection)


def dump(server: PostgresServer, database: Database) -> str:
    """pg_dump of our schemas without rows; it prints more than the catalogue reads."""
    program = str(server.cluster.tools.bin / "pg_dump")
    command = [program, "--schema-only", "-n", "public", "-n", "private", database.admin_url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.sub(r"^\\(un)?restrict .*$", "", text, flags=re.MULTILINE)


def folder_with(tmp_path: Path, name: str, sql: str) -> Path:
    """A copy of the migrations with one more, or with one replaced."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    for migration in apply.migrations():
        (folder / migration.path.name).write_text(migration.sql())
    (folder / name).write_text(sql)
    return folder


def test_migrations_are_fresh() -> None:
    assert build.main(["--check"]) == 0


def test_migrations_make_what_load_sql_makes(
    pg_server: PostgresServer, pg_platform: Database, pg_shared: Database
) -> None:
    apply.apply_migrations(pg_platform.url)
    assert differences(catalogue(pg_shared), catalogue(pg_platform)) == []
    assert dump(pg_server, pg_shared) == dump(pg_server, pg_platform)


def test_everything_belongs_to_postgres_as_on_a_hosted_project(pg_platform: Database) -> None:
    apply.apply_migrations(pg_platform.url)
    found = catalogue(pg_platform)
    owners = [one.owner for kind in (found.tables, found.functions, found.views) for one in kind]
    assert set(owners) == {"postgres"}


def test_a_second_run_changes_nothing(pg_platform: Database) -> None:
    assert [migration.name for migration in apply.apply_migrations(pg_platform.url)]
    before = catalogue(pg_platform)
    with pg_platform.connect() as connection:
        connection.execute("delete from public.workspaces")
    prepare_platform(pg_platform.admin_url)
    assert apply.apply_migrations(pg_platform.url) == []
    assert differences(before, catalogue(pg_platform)) == []
    with pg_platform.connect() as connection:  # the seed belongs to the first run alone
        assert connection.execute("select count(*) from public.workspaces").fetchone() == (0,)


def test_the_first_run_seeds_the_default_workspace(pg_platform: Database) -> None:
    apply.apply_migrations(pg_platform.url)
    with pg_platform.connect() as connection:
        rows = connection.execute("select id::text, name from public.workspaces").fetchall()
    assert rows == [("00000000-0000-0000-0000-000000000001", "default")]


def test_the_seed_run_again_adds_nothing(pg_platform: Database) -> None:
    apply.apply_migrations(pg_platform.url)
    with connect(pg_platform.url) as connection:
        loader.run(connection, loader.read(files.migration_folder().parent / "seed.sql"))
        assert connection.execute("select count(*) from public.workspaces").fetchone() == (1,)


def test_only_what_is_missing_is_applied(pg_platform: Database, tmp_path: Path) -> None:
    apply.apply_migrations(pg_platform.url)
    folder = folder_with(tmp_path, LATER, "create schema later;")
    assert [migration.name for migration in apply.apply_migrations(pg_platform.url, folder)] == [
        "add_nothing"
    ]


def test_a_migration_that_fails_leaves_nothing_behind(pg_platform: Database, tmp_path: Path) -> None:
    folder = folder_with(tmp_path, LATER, "create schema later;\n\ncreate table later.x (id nonsense);\n")
    with pytest.raises(CampaignbaseError) as caught:
        apply.apply_migrations(pg_platform.url, folder)
    assert str(caught.value) == f'{folder / LATER}:3: type "nonsense" does not exist'
    with pg_platform.connect() as connection:
        left = connection.execute(
            "select to_regnamespace('later'),"
            " (select max(version) from supabase_migrations.schema_migrations)"
        ).fetchone()
    assert left == (None, apply.migrations()[-1].version)


def test_a_newer_database_is_refused(pg_platform: Database, tmp_path: Path) -> None:
    apply.apply_migrations(pg_platform.url, folder_with(tmp_path, LATER, "create schema later;"))
    ours = apply.migrations()[-1].version
    with pytest.raises(NotConfiguredError) as caught:
        apply.apply_migrations(pg_platform.url)
    assert str(caught.value) == (
        f"the database {pg_platform.url} is newer than this package: its newest migration is "
        f"20991231000000, ours is {ours}; upgrade with: pip install --upgrade campaignbase"
    )


def test_a_database_made_by_another_text_of_a_migration_is_refused(
    pg_platform: Database, tmp_path: Path
) -> None:
    first = apply.migrations()[0]
    apply.apply_migrations(
        pg_platform.url, folder_with(tmp_path, first.path.name, f"{first.sql()}\ncreate schema earlier;")
    )
    with pytest.raises(NotConfiguredError, match=f"another text of migration {first.path.name}"):
        apply.apply_migrations(pg_platform.url)
