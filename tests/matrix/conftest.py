"""One database a version with the two workspaces in it; the driver's transaction is rolled back."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from tests.matrix import catalogue, world
from tests.matrix.catalogue import Catalogue
from tests.matrix.sql_driver import SqlDriver
from tests.support.postgres import PostgresServer


@pytest.fixture(scope="module")
def connection(pg_server: PostgresServer) -> Iterator[psycopg.Connection[Any]]:
    database = pg_server.database()
    with psycopg.connect(database.admin_url, autocommit=True) as builder:
        world.build(builder)
    with psycopg.connect(database.admin_url) as opened:
        yield opened
        opened.rollback()
    pg_server.drop(database)


@pytest.fixture(scope="module")
def things(connection: psycopg.Connection[Any]) -> Catalogue:
    return catalogue.read(connection)


@pytest.fixture(scope="module")
def driver(connection: psycopg.Connection[Any], things: Catalogue) -> SqlDriver:
    return SqlDriver(connection, things)
