"""The benchmark of backfills does what it measures."""

import pytest
from tests.support.postgres import Database

from campaignbase.bench.backfill import backfill_rows


@pytest.mark.proof
def test_backfill_rows_labels_all_of_them_again(pg_database: Database) -> None:
    speed, wait = backfill_rows(pg_database.url, 120, arrivals=3)
    assert (speed.unit, wait.unit) == ("rows/s", "ms")
    assert speed.ours > 0
    assert wait.ours > 0
