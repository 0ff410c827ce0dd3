"""Throwaway Postgres for tests: one server a session and version, one database a test.

A database is a copy of a template that holds the platform and sql/load.sql, made in well under
0.2 s. By hand: `python -m tests.support.postgres 18` serves one such database until it is stopped.
"""

import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from psycopg import sql

from campaignbase.errors import CampaignbaseError
from campaignbase.local import binaries
from campaignbase.local.cluster import SUPERUSER, Cluster, free_port
from campaignbase.local.postgres import database_url, prepare_platform
from campaignbase.schema import files, loader
from campaignbase.schema.connection import connect

VERSIONS = [int(name) for name in os.environ.get("CAMPAIGNBASE_TEST_POSTGRES", "16,18").split(",")]
FOLDER_PREFIX = "campaignbase-test-"
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_senders": "4",
    "shared_buffers": "64MB",
    "autovacuum": "off",  # a worker inside a template makes every copy of it wait
}


@dataclass(frozen=True)
class Database:
    name: str
    port: int
    version: int

    @property
    def url(self) -> str:
        """As `postgres`, the owner, no superuser."""
        return database_url(self.port, "postgres", self.name)

    @property
    def admin_url(self) -> str:
        """As the superuser: for preparing a test, never for what it shows."""
        return database_url(self.port, SUPERUSER, self.name)

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url, autocommit=autocommit)

    def connect_as(
        self, role: str, claims: Mapping[str, object] | None = None, *, autocommit: bool = True
    ) -> psycopg.Connection[Any]:
        """A session as the Data API opens it: login `authenticator`, then the role and its claims.

        Args:
            role: anon, authenticated or service_role.
            claims: of the JWT; `role` is added. `{"sub": id}` makes auth.uid() answer that id.
        """
        connection = psycopg.connect(database_url(self.port, "authenticator", self.name), autocommit=True)
        connection.execute(sql.SQL("set role {}").format(sql.Identifier(role)))
        stated = json.dumps({"role": role, **(claims or {})}, default=str)
        connection.execute("select set_config('request.jwt.claims', %s, false)", [stated])
        connection.autocommit = autocommit
        return connection

    def create_user(self, email: str) -> uuid.UUID:
        """A signed-up user, as the auth server inserts one; the id for `connect_as(..., {"sub": id})`."""
        user = uuid.uuid4()
        with psycopg.connect(database_url(self.port, "supabase_auth_admin", self.name)) as connection:
            connection.execute(
                "insert into auth.users (id, aud, role, email, raw_user_meta_data, created_at)"
                " values (%s, 'authenticated', 'authenticated', %s, '{}', now())",
                [user, email],
            )
        return user


class PostgresServer:
    """One running throwaway server with its templates."""

    def __init__(self, version: int) -> None:
        self.version = version
        folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
        tools = binaries.find(version)
        tools.give(folder)
        self.cluster = Cluster(tools, folder)
        self.cluster.make(FAST)
        self.port = self._start()
        self._count = 0
        self._templates: set[str] = set()

    def database(self, template: str = "schema") -> Database:
        """A fresh database from `template`: "platform", or "schema" (platform and sql/load.sql)."""
        self.template(template)
        self._count += 1
        return self._create(f"test_{self._count}", template)

    def template(self, name: str) -> None:
        """Make the template unless it is there; every other test then copies it."""
        if name in self._templates:
            return
        if name == "platform":
            prepare_platform(self._create(name, "template1", SUPERUSER).admin_url)
        elif name == "schema":
            self.template("platform")
            load_schema(self._create(name, "platform").url)
        else:
            raise ValueError(f"template {name!r}: expected platform or schema")
        self._templates.add(name)

    def drop(self, database: Database) -> None:
        with self._admin() as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(database.name)))

    def close(self) -> None:
        """At once: nothing of it is kept."""
        if self.cluster.running_port() is not None:
            how = ("--wait", "--silent", "--mode", "immediate", "--pgdata", self.cluster.data)
            self.cluster.tools.run("pg_ctl", "stop", *how)
        shutil.rmtree(self.cluster.folder)

    def _start(self) -> int:
        for _ in range(5):  # two test processes may choose one port at the same moment
            port = free_port()
            with contextlib.suppress(CampaignbaseError):
                self.cluster.start(port)
                return port
        self.cluster.start(port := free_port())
        return port

    def _create(self, name: str, template: str, owner: str = "postgres") -> Database:
        # copied as files: half the time of the default, which writes every page to the log
        create = sql.SQL("create database {} template {} owner {} strategy file_copy")
        with self._admin() as connection:
            connection.execute(create.format(*map(sql.Identifier, (name, template, owner))))
        return Database(name, self.port, self.version)

    def _admin(self) -> psycopg.Connection[Any]:
        return psycopg.connect(database_url(self.port, SUPERUSER, "postgres"), autocommit=True)


def load_schema(url: str, path: Path | None = None) -> None:
    """Run sql/load.sql (or another table of contents) in one transaction."""
    with connect(url) as connection:
        loader.run(connection, loader.read(path or files.sql_folder() / "load.sql"))


def sweep() -> None:
    """Stop servers whose test process was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*-*"):
        owner = int(folder.name.removeprefix(FOLDER_PREFIX).partition("-")[0])
        if not lives(owner):
            _remove(folder)


def lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _remove(folder: Path) -> None:
    """Remove a folder, after the servers whose data is anywhere below it."""
    for mark in folder.rglob("PG_VERSION"):
        if mark.parent.name == "data":
            Cluster(binaries.find(int(mark.read_text())), mark.parent.parent).stop()
    shutil.rmtree(folder, ignore_errors=True)


class Servers:
    """Those of this test process, one a version, started when first asked for."""

    def __init__(self) -> None:
        self._started: dict[int, PostgresServer] = {}

    def of(self, version: int) -> PostgresServer:
        if version not in self._started:
            self._started[version] = PostgresServer(version)
        return self._started[version]

    @property
    def newest(self) -> PostgresServer:
        return self.of(max(VERSIONS))

    def close(self) -> None:
        for server in self._started.values():
            server.close()


@pytest.fixture(scope="session")
def pg_servers() -> Iterator[Servers]:
    sweep()
    servers = Servers()
    yield servers
    servers.close()


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"postgres{version}")
def pg_server(request: pytest.FixtureRequest, pg_servers: Servers) -> PostgresServer:
    return pg_servers.of(request.param)


@pytest.fixture
def pg_database(pg_server: PostgresServer) -> Iterator[Database]:
    """A database of its own with the platform and the whole schema."""
    database = pg_server.database()
    yield database
    pg_server.drop(database)


@pytest.fixture
def pg_platform(pg_server: PostgresServer) -> Iterator[Database]:
    """A database of its own with the platform's stand-ins and nothing of ours."""
    database = pg_server.database("platform")
    yield database
    pg_server.drop(database)


@pytest.fixture
def pg_bare(pg_server: PostgresServer) -> Iterator[Database]:
    """A second one like `pg_platform`, for tests that compare two."""
    database = pg_server.database("platform")
    yield database
    pg_server.drop(database)


@pytest.fixture(scope="session")
def pg_shared(pg_server: PostgresServer) -> Iterator[Database]:
    """One database with the whole schema for all tests that leave nothing behind in it."""
    database = pg_server.database()
    yield database
    pg_server.drop(database)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder the system user of a root's server may enter; servers started below it are stopped."""
    folder = Path(tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-"))
    folder.chmod(0o755)
    yield folder
    _remove(folder)


def serve(version: int) -> None:
    """Serve one database with the schema of this moment, until SIGTERM or SIGINT."""
    sweep()
    server = PostgresServer(version)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        database = server.database()
        print(f"url       {database.url}\nsuperuser {database.admin_url}", flush=True)
        stopped.wait()
    finally:
        server.close()


if __name__ == "__main__":
    serve(int(sys.argv[1]) if len(sys.argv) > 1 else 18)
