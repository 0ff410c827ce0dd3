"""One tenant's thousands of jobs beside another's one."""

import asyncio
import random
import time

import httpx
import pytest
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished, label_vocabulary, until
from tests.chaos.writing import Writer, over_rest
from tests.support.stack import Stack

LEASE_SECONDS = 120
ROWS_AT_ONCE = 500
GOAL_SECONDS = 3.0


async def beside(
    stack: Stack, workers: Fleet, ledger: Ledger, chance: random.Random, *, many: int, probes: int
) -> tuple[list[float], int]:
    """(seconds from inserted to labeled of each single row, rows of the other tenant that waited then)"""
    async with httpx.AsyncClient() as http:
        large, small = over_rest(stack, ledger, http), over_rest(stack, ledger, http)
        await label_vocabulary(stack.database_url)
        for start in range(0, many, ROWS_AT_ONCE):
            await large.insert(min(ROWS_AT_ONCE, many - start), chance)
        worker = workers.start(stack.database_url, lease=LEASE_SECONDS, batch=200)
        ledger.worker(worker.name, worker.pid)
        await until(lambda: _count(stack, large, "labeled") > 0, "the first row was labeled")
        seconds = []
        for _ in range(probes):
            began = time.monotonic()
            await small.insert(1, chance)
            await until(lambda: _count(stack, small, "queued") == 0, "the single row was labeled")
            seconds.append(time.monotonic() - began)
        waiting = _count(stack, large, "queued")
    await finished(stack.database_url)
    await asyncio.to_thread(workers.end_all)
    return seconds, waiting


def _count(stack: Stack, tenant: Writer, label_state: str) -> int:
    with stack.connect() as connection:
        row = connection.execute(
            "select count(*) from public.content_assets where workspace_id = %s and label_state = %s",
            [tenant.workspace, label_state],
        ).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_single_job_does_not_wait_for_another_tenants(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked, chance: random.Random
) -> None:
    _, waiting = await beside(stack, workers, ledger, chance, many=300, probes=1)

    assert waiting > 0
    counts = await asyncio.to_thread(checked, stack.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (301, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_a_single_job_beside_ten_thousand(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked, chance: random.Random
) -> None:
    seconds, waiting = await beside(stack, workers, ledger, chance, many=10_000, probes=10)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    shown = ", ".join(f"{taken:.2f}" for taken in seconds)
    print(f"\nlabeled beside 10,000 jobs after {shown} s; {waiting:,} still waited (seed {SEED})\n{counts}")
    assert waiting > 0
    assert max(seconds) < GOAL_SECONDS
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (10_010, 0, 0)
