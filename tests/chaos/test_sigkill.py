"""Work is neither lost nor done twice when workers are killed, whatever they were doing."""

import asyncio
import random
from pathlib import Path

import httpx
import pytest
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet
from tests.chaos.kills import WORKERS, Rows, kill_workers
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import label_vocabulary
from tests.chaos.writing import over_rest
from tests.support.stack import Stack


async def kill_on_sqlite(workers: Fleet, ledger: Ledger, folder: Path, *, kills: int, jobs: int) -> str:
    database = str(folder / "kills.db")
    rows = Rows(database)
    await rows.insert(1)
    await label_vocabulary(database)
    replayed = await kill_workers(
        workers, database, rows.insert, ledger, kills=kills, jobs=jobs - 1, seed=SEED
    )
    assert len(rows.ids) == jobs
    assert await rows.books() == (0, 0)
    return (
        f"SQLite: {kills} of {WORKERS} workers killed over {jobs:,} jobs, {replayed} replayed (seed {SEED})"
    )


async def kill_on_the_stack(
    workers: Fleet, ledger: Ledger, stack: Stack, *, kills: int, jobs: int, chance: random.Random
) -> str:
    async with httpx.AsyncClient() as http:
        written = over_rest(stack, ledger, http)
        await label_vocabulary(stack.database_url)
        replayed = await kill_workers(
            workers,
            stack.database_url,
            lambda count: written.insert(count, chance),
            ledger,
            kills=kills,
            jobs=jobs,
            seed=SEED,
        )
    return f"stack: {kills} of {WORKERS} workers killed over {jobs:,} jobs, {replayed} replayed (seed {SEED})"


async def test_killed_workers_lose_and_double_nothing_on_sqlite(
    workers: Fleet, ledger: Ledger, tmp_path: Path
) -> None:
    await kill_on_sqlite(workers, ledger, tmp_path, kills=5, jobs=100)


async def test_killed_workers_lose_and_double_nothing_on_the_stack(
    workers: Fleet, ledger: Ledger, stack: Stack, checked: Checked, chance: random.Random
) -> None:
    await kill_on_the_stack(workers, ledger, stack, kills=5, jobs=100, chance=chance)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (100, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_many_killed_workers_on_sqlite(workers: Fleet, ledger: Ledger, tmp_path: Path) -> None:
    print(f"\n{await kill_on_sqlite(workers, ledger, tmp_path, kills=100, jobs=2_000)}")


@pytest.mark.proof
@pytest.mark.chaos
async def test_many_killed_workers_on_the_stack(
    workers: Fleet, ledger: Ledger, stack: Stack, checked: Checked, chance: random.Random
) -> None:
    told = await kill_on_the_stack(workers, ledger, stack, kills=100, jobs=2_000, chance=chance)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    print(f"\n{told}\n{counts}")
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (2_000, 0, 0)
