"""No webhook depends on pg_net keeping a request."""

from collections.abc import Iterator

import pytest
from tests.chaos.pokes import crash_pg_net
from tests.support.postgres import Database, PostgresServer, load_schema

from campaignbase.local.stand_ins.install import install

SEED = 20260702


@pytest.fixture
def outside(pg_server: PostgresServer) -> Iterator[Database]:
    database = pg_server.database("platform")
    install(database.admin_url)
    load_schema(database.url)
    yield database
    pg_server.drop(database)


async def test_a_crashing_pg_net_loses_no_webhook(outside: Database) -> None:
    ledger = await crash_pg_net(outside, events=200, crashes=10, seed=SEED)

    assert (ledger.events, ledger.undelivered, ledger.not_marked) == (200, 0, 0), ledger
    assert ledger.sends_an_event <= 1.2, ledger
    assert ledger.pokes > 0, ledger


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_pg_net_that_crashes_50_times_loses_no_webhook(outside: Database) -> None:
    ledger = await crash_pg_net(outside, events=5_000, crashes=50, seed=SEED)

    print(f"\n{ledger}")
    assert (ledger.events, ledger.undelivered, ledger.not_marked) == (5_000, 0, 0)
    assert ledger.sends_an_event <= 1.2
