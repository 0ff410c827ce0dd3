"""The migration that makes the bucket: without storage, on a bucket that is there, beside a public one."""

from pathlib import Path

import psycopg
import pytest
from tests.support.postgres import Database, PostgresServer

BUCKET = (Path(__file__).parents[2] / "sql" / "storage" / "media.sql").read_bytes()
POLICIES = "select count(*) from pg_policies where schemaname = 'storage'"


def test_a_public_bucket_of_that_name_stops_it(pg_platform: Database) -> None:
    with pg_platform.connect() as connection:
        connection.execute("insert into storage.buckets (id, name, public) values ('media', 'media', true)")
        with pytest.raises(psycopg.errors.RaiseException, match="a public bucket named media exists already"):
            connection.execute(BUCKET)
        assert connection.execute("select public from storage.buckets").fetchall() == [(True,)]


def test_a_private_one_gets_our_limits(pg_server: PostgresServer) -> None:
    database = pg_server.database()
    with database.connect() as connection:
        for (name,) in connection.execute(
            "select policyname from pg_policies where schemaname = 'storage'"
        ).fetchall():
            connection.execute(f'drop policy "{name}" on storage.objects'.encode())
        connection.execute("update storage.buckets set file_size_limit = null, allowed_mime_types = null")
        connection.execute(BUCKET)
        assert connection.execute(
            "select public, file_size_limit, cardinality(allowed_mime_types) > 10 from storage.buckets"
        ).fetchall() == [(False, 52428800, True)]
        assert connection.execute(POLICIES).fetchone() == (4,)
    pg_server.drop(database)


def test_without_storage_nothing_is_made_and_nothing_fails(pg_server: PostgresServer) -> None:
    database = pg_server.database()
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("drop schema storage cascade")
    said: list[str | None] = []
    with database.connect() as connection:
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary))
        connection.execute(BUCKET)
        assert said == ["there is no storage here: the bucket media is not made"]
        with psycopg.connect(database.admin_url) as admin:
            admin.execute("set role service_role")
            assert admin.execute("select * from public.orphaned_media()").fetchall() == []
    pg_server.drop(database)
