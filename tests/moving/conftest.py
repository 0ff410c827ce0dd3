"""Servers for copies: one a version and module, a fresh database a test."""

from collections.abc import Iterator

import pytest
from tests.support.cli import cli
from tests.support.postgres import Database, PostgresServer

__all__ = ["cli"]


@pytest.fixture
def second(pg_server: PostgresServer) -> Iterator[Database]:
    """Another database of the same server."""
    database = pg_server.database()
    yield database
    pg_server.drop(database)
