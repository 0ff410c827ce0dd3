"""Whatever random operations left on SQLite says the same on Postgres after a copy, and after one back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.moving.scene import contents, moved
from tests.support import parity_state
from tests.support.parity_author import sequence
from tests.support.parity_engines import PostgresEngine, SqliteEngine
from tests.support.postgres import Database, PostgresServer

from campaignbase.moving.postgres_side import PostgresSide
from campaignbase.moving.sqlite_side import SqliteSide

SEED = os.environ.get("SEED", "20260101")
SHORT, FULL = 6, 200


@pytest.fixture
def target(pg_server: PostgresServer) -> Iterator[Database]:
    database = pg_server.database()
    yield database
    pg_server.drop(database)


@pytest.mark.parametrize("count", [SHORT, pytest.param(FULL, marks=pytest.mark.proof)])
async def test_there_and_back_everything_says_the_same(target: Database, tmp_path: Path, count: int) -> None:
    engine = SqliteEngine()
    postgres = await PostgresEngine.open(target.url)
    rows = 0
    for number in range(count):
        await engine.begin()
        await engine.run(sequence(f"{SEED}/{number}"))
        first, back = tmp_path / f"{number}.db", tmp_path / f"{number}-back.db"
        with closing(sqlite3.connect(first)) as file:
            engine._connection.backup(file)
        with target.connect() as connection:
            connection.execute("delete from public.workspaces")
        there = moved(SqliteSide(str(first)), PostgresSide(target.url))
        away = moved(PostgresSide(target.url), SqliteSide(str(back), creates=True))
        rows += sum(one.rows for one in there.tables)
        expected, found = await engine.state(), await postgres.state()
        assert parity_state.differences(without_jobs(expected), without_jobs(found)) == [], number
        assert contents(back) == contents(first), number
        assert jobs(back) == jobs(first), number
        assert there.jobs == away.jobs == len(jobs(first))
    assert rows > 10 * count  # the sequences did something
    await engine.close()
    await postgres.close()


def without_jobs(state: parity_state.State) -> parity_state.State:
    """Jobs wait again, and what people see of failed ones goes by them."""
    return {**state, "jobs": []}


def jobs(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute("select kind, target_id from jobs order by kind, target_id").fetchall()
