"""A database with the stand-ins for pg_net, pg_cron and Vault, put there before our schema."""

from collections.abc import Iterator

import pytest
from tests.sql.scene import Scene
from tests.support.postgres import Database, PostgresServer, load_schema

from campaignbase.local.stand_ins.install import install

__all__ = ["outside", "outside_database"]


@pytest.fixture(scope="module")
def module_database(pg_server: PostgresServer) -> Iterator[Database]:
    """Without them."""
    database = pg_server.database()
    yield database
    pg_server.drop(database)


@pytest.fixture(scope="module")
def outside_database(pg_server: PostgresServer) -> Iterator[Database]:
    database = pg_server.database("platform")
    install(database.admin_url)
    load_schema(database.url)
    yield database
    pg_server.drop(database)


@pytest.fixture
def outside(outside_database: Database) -> Iterator[Scene]:
    stage = Scene(outside_database)
    yield stage
    stage.owner.execute("delete from vault.secrets")
    stage.owner.execute("truncate net.http_request_queue, net._http_response")
    stage.owner.execute("select setval('private.poked_embed', 1), setval('private.poked_deliver', 1)")
    stage.clear()
