"""Every test of this folder runs against every store; a new one needs a line in STORES."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.contract.subject import PostgresSubject, SqliteSubject, Subject, SupabaseSubject
from tests.support.postgres import VERSIONS, Database, Servers
from tests.support.stack import Stack, serving

from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock

STORES: dict[str, Callable[["Places"], Subject]] = {
    "sqlite": lambda places: SqliteSubject(places.file()),
    **{
        f"postgres-{version}": lambda places, v=version: PostgresSubject(places.database(v))
        for version in VERSIONS
    },
    # one version is enough for what lies in front of it
    f"supabase-{VERSIONS[-1]}": lambda places: places.supabase(VERSIONS[-1]),
}


class Places:
    """Where the databases of a session are: a file a test, and a server with one database a version."""

    def __init__(self, folder: Path, servers: Servers) -> None:
        self._folder = folder
        self._servers = servers
        self._opened = ExitStack()
        self._databases: dict[int, Database] = {}
        self._connections: dict[int, psycopg.Connection[Any]] = {}  # kept, and with them compiled functions
        self._stacks: dict[int, Stack] = {}
        self._files = 0

    def file(self) -> Path:
        template = self._folder / "template.db"
        if not template.exists():
            SqliteStore(template, clock=FakeClock())._db.connection.close()
        self._files += 1
        return Path(shutil.copy(template, self._folder / f"{self._files}.db"))

    def database(self, version: int) -> str:
        """Empty but for the workspace `default`."""
        if version not in self._databases:
            self._databases[version] = self._servers.of(version).database()
            self._connections[version] = self._opened.enter_context(self._databases[version].connect())
        connection = self._connections[version]
        connection.execute("delete from public.workspaces")  # and with them everything
        connection.execute("delete from storage.objects")
        for table in ("cache_invalidations", "cache_leases", "cache_counters", "idempotency_keys"):
            connection.execute(f"delete from private.{table}")
        connection.execute("select from public.create_workspace('default', %s)", (DEFAULT_WORKSPACE_ID,))
        return self._databases[version].url

    def supabase(self, version: int) -> Subject:
        url = self.database(version)
        if version not in self._stacks:
            self._stacks[version] = self._opened.enter_context(serving(self._databases[version]))
        return SupabaseSubject(url, self._stacks[version])

    def close(self) -> None:
        self._opened.close()


@pytest.fixture(scope="session")
def places(tmp_path_factory: pytest.TempPathFactory, pg_servers: Servers) -> Iterator[Places]:
    made = Places(tmp_path_factory.mktemp("contract"), pg_servers)
    yield made
    made.close()


def slow_twin(name: str) -> bool:
    """The newest Postgres by psycopg too: `supabase` runs the same functions on it in every run."""
    return len(VERSIONS) > 1 and name == f"postgres-{VERSIONS[-1]}"


PARAMS = [pytest.param(name, marks=pytest.mark.proof if slow_twin(name) else ()) for name in STORES]


@pytest.fixture(params=PARAMS)
async def subject(request: pytest.FixtureRequest, places: Places) -> AsyncIterator[Subject]:
    made = STORES[request.param](places)
    await made.start()
    yield made
    await made.store.close()
