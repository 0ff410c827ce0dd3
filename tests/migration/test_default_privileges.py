"""Our grants do not depend on what the platform grants by itself: before October 2026, since, or nothing."""

from tests.support.postgres import Database

from campaignbase.schema import apply, files, loader
from campaignbase.schema.catalogue import Grant, read
from campaignbase.schema.connection import connect

OLD = files.platform_file().parent / "default_privileges_until_october_2026.sql"


def grants(database: Database) -> tuple[Grant, ...]:
    apply.apply_migrations(database.url)
    with database.connect() as connection:
        return read(connection).grants


def test_old_and_new_platforms_end_with_the_same_grants(pg_platform: Database, pg_bare: Database) -> None:
    with connect(pg_bare.admin_url) as connection:
        loader.run(connection, loader.read(OLD))
    assert grants(pg_bare) == grants(pg_platform)


def test_the_old_default_opens_a_plain_table(pg_platform: Database) -> None:
    """Else the test above would show nothing."""
    with connect(pg_platform.admin_url) as connection:
        loader.run(connection, loader.read(OLD))
    with pg_platform.connect() as connection:
        connection.execute("create table public.plain (id int)")
        found = connection.execute("select has_table_privilege('anon', 'public.plain', 'select')").fetchone()
    assert found == (True,)


def test_the_new_default_leaves_remainders_on_a_plain_table(pg_platform: Database) -> None:
    with pg_platform.connect() as connection:
        connection.execute("create table public.plain (id int)")
        found = connection.execute(
            "select has_table_privilege('anon', 'public.plain', 'select'),"
            " has_table_privilege('anon', 'public.plain', 'truncate')"
        ).fetchone()
    assert found == (False, True)
