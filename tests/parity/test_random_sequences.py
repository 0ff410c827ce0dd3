"""Random operations leave the same state on SQLite and on Postgres; what may differ is in parity_state.KNOWN.

A few sequences with `make test`, thousands with `make proof`; SEED in the environment chooses others.
"""

import os
import time
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from tests.support import parity
from tests.support.parity_author import sequence
from tests.support.parity_engines import PostgresEngine, SqliteEngine
from tests.support.postgres import VERSIONS, Servers

SEED = os.environ.get("SEED", "20260101")
SHORT, FULL = 60, 2000
NEWEST = max(VERSIONS)


@pytest.fixture
async def sqlite() -> AsyncIterator[SqliteEngine]:
    engine = SqliteEngine()
    yield engine
    await engine.close()


@pytest.fixture
async def postgres(pg_version: int, pg_servers: Servers) -> AsyncIterator[PostgresEngine]:
    engine = await PostgresEngine.open(pg_servers.of(pg_version).database().url)
    yield engine
    await engine.close()


@pytest.mark.parametrize(
    ("pg_version", "first", "count"),
    [
        pytest.param(NEWEST, 0, SHORT, id=f"postgres{NEWEST}"),
        *(
            pytest.param(
                version,
                SHORT + place * (FULL // len(VERSIONS)),
                FULL // len(VERSIONS),
                id=f"postgres{version}-full",
                marks=pytest.mark.proof,
            )
            for place, version in enumerate(VERSIONS)
        ),
    ],
)
async def test_random_operations_leave_the_same_state(
    sqlite: SqliteEngine, postgres: PostgresEngine, pg_version: int, first: int, count: int
) -> None:
    done: Counter[str] = Counter()
    began = time.monotonic()
    for number in range(first, first + count):
        operations = sequence(f"{SEED}/{number}")
        if await parity.differences(sqlite, postgres, operations):
            pytest.fail(
                f"SEED={SEED}, sequence {number}, Postgres {pg_version}; as short as it gets:\n"
                + await parity.report(sqlite, postgres, operations),
                pytrace=False,
            )
        done.update(type(operation).__name__ for operation in operations)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(done.items()))
    print(
        f"\n{count} sequences, {done.total()} operations ({counts}) left the same state"
        f" on SQLite and Postgres {pg_version}; SEED={SEED}, {time.monotonic() - began:.0f} s"
    )
