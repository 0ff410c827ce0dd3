"""A worker that slept past its leases wakes and answers: nothing of that may be written."""

import asyncio
import random
import signal
import socket

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet, WorkerProcess
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished, label_vocabulary, until
from tests.chaos.writing import over_rest
from tests.support.stack import Stack

LEASE_SECONDS = 1
ROWS = 15  # each time: more than a batch
SETTLE_SECONDS = 0.2  # for what the frozen worker had sent to be done
TRIES = 50

Lease = tuple[int, int]  # job, attempt


def leases(stack: Stack, worker: WorkerProcess) -> list[Lease]:
    with stack.connect() as connection:
        return connection.execute(
            "select id, attempt from private.jobs where leased_by = %s order by id",
            [f"{socket.gethostname()}:{worker.pid}"],
        ).fetchall()


async def frozen_with_leases(stack: Stack, worker: WorkerProcess, ledger: Ledger) -> list[Lease]:
    """Stop it while it holds some; those it still holds when what it had sent is done."""
    for _ in range(TRIES):
        await until(lambda: bool(leases(stack, worker)), "the worker claimed something", every=0.002)
        worker.send(signal.SIGSTOP)
        await asyncio.sleep(SETTLE_SECONDS)
        if held := leases(stack, worker):
            ledger.frozen(worker.name, held)
            return held
        worker.send(signal.SIGCONT)
    raise AssertionError(f"in {TRIES} tries the worker was never frozen with a lease")


async def taken_over(stack: Stack, held: list[Lease]) -> list[Lease]:
    """Claim these jobs, whose leases end, as somebody who then does nothing."""
    jobs = {job for job, _ in held}
    taken: dict[int, int] = {}
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        while taken.keys() < jobs:  # what a worker lost comes alone
            claim = "select job_id, attempt from public.claim_jobs('somebody else', 500, 3600)"
            taken.update(connection.execute(claim).fetchall())
            await asyncio.sleep(0.01)
    return list(taken.items())


def handed_back(stack: Stack, taken: list[Lease]) -> None:
    with stack.connect() as connection:
        fences = Jsonb([{"job_id": job, "attempt": attempt} for job, attempt in taken])
        connection.execute("select public.release_jobs(%s)", [fences])


async def freeze(stack: Stack, workers: Fleet, ledger: Ledger, chance: random.Random, *, times: int) -> None:
    """Each time: a worker sleeps past its leases, others hold its jobs or have finished them, it wakes."""
    async with httpx.AsyncClient() as http:
        written = over_rest(stack, ledger, http)
        await label_vocabulary(stack.database_url)
        for number in range(times):
            sleeper = workers.start(stack.database_url, lease=LEASE_SECONDS)
            ledger.worker(sleeper.name, sleeper.pid)
            await asyncio.to_thread(sleeper.wait_for_work)
            await written.insert(ROWS, chance)
            held = await frozen_with_leases(stack, sleeper, ledger)
            await asyncio.sleep(LEASE_SECONDS)
            if number % 2:
                taken = await taken_over(stack, held)
            else:
                other = workers.start(stack.database_url, lease=60)
                ledger.worker(other.name, other.pid)
                await finished(stack.database_url)
                await asyncio.to_thread(workers.ended, other)
                taken = []
            sleeper.send(signal.SIGCONT)
            ledger.refused(sleeper.name, (await asyncio.to_thread(workers.ended, sleeper))["stale"])
            handed_back(stack, taken)
    last = workers.start(stack.database_url, lease=60)
    await finished(stack.database_url)
    await asyncio.to_thread(workers.ended, last)


async def test_late_answers_are_refused(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked, chance: random.Random
) -> None:
    await freeze(stack, workers, ledger, chance, times=2)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    assert counts["late_tried"] > 0
    assert counts["late_refused"] == counts["late_tried"]
    assert (counts["late_written"], counts["lost"], counts["doubled"]) == (0, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
async def test_many_late_answers_are_refused(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked, chance: random.Random
) -> None:
    await freeze(stack, workers, ledger, chance, times=40)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    print(f"\n40 workers frozen past their leases (seed {SEED})\n{counts}")
    assert counts["late_refused"] == counts["late_tried"] >= 200
    assert (counts["late_written"], counts["lost"], counts["doubled"]) == (0, 0, 0)
