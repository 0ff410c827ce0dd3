"""Work is neither lost nor done twice when workers are killed, whatever they were doing."""

from pathlib import Path

import pytest
from tests.chaos.kills import kill_workers
from tests.support.postgres import Database

SEED = 20260701


def test_killed_workers_lose_and_double_nothing_on_sqlite(tmp_path: Path) -> None:
    ledger = kill_workers(str(tmp_path / "kills.db"), kills=10, jobs=200, seed=SEED)

    assert (ledger.kills, ledger.jobs, ledger.lost, ledger.doubled) == (10, 200, 0, 0), ledger


def test_killed_workers_lose_and_double_nothing_on_postgres(pg_database: Database) -> None:
    ledger = kill_workers(pg_database.url, kills=10, jobs=200, seed=SEED)

    assert (ledger.kills, ledger.jobs, ledger.lost, ledger.doubled) == (10, 200, 0, 0), ledger


@pytest.mark.proof
@pytest.mark.chaos
def test_many_killed_workers_on_sqlite(tmp_path: Path) -> None:
    ledger = kill_workers(str(tmp_path / "kills.db"), kills=50, jobs=1_000, seed=SEED)

    print(f"\nSQLite: {ledger}")
    assert (ledger.lost, ledger.doubled) == (0, 0)


@pytest.mark.proof
@pytest.mark.chaos
def test_many_killed_workers_on_postgres(pg_database: Database) -> None:
    ledger = kill_workers(pg_database.url, kills=50, jobs=1_000, seed=SEED)

    print(f"\nPostgres {pg_database}: {ledger}")
    assert (ledger.lost, ledger.doubled) == (0, 0)
