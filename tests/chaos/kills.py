"""Kill real workers at random points of their work, start others, and count what was lost or done twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass

from campaignbase import wiring
from campaignbase.models import NewContent
from campaignbase.ports import Store

LEASE_SECONDS = 2
BATCH = 10
DEADLINE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Ledger:
    kills: int
    jobs: int
    dead: int  # jobs that lost five workers in a row and waited for an operator; replayed before counting
    lost: int  # rows without a decision, or whose job is still there
    doubled: int  # rows whose category was decided more than once for the same text
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.kills} kills over {self.jobs:,} jobs: {self.lost} lost, {self.doubled} doubled,"
            f" {self.dead} replayed after five kills in a row (seed {self.seed})"
        )


def kill_workers(database: str, *, kills: int, jobs: int, seed: int) -> Ledger:
    """Insert `jobs` rows, kill `kills` workers while they label, let a last one finish, compare the books.

    Rows come in as the kills go on, so that each killed worker had work under way.
    """
    chance = random.Random(seed)
    ids: list[str] = []
    chunk = -(-jobs // kills)
    for number in range(kills):
        ids += asyncio.run(_insert(database, number * chunk, min(chunk, jobs - number * chunk)))
        with _start(database) as worker:
            try:
                _wait_for_work(worker)
                time.sleep(chance.uniform(0, 0.4))
            finally:
                worker.send_signal(signal.SIGKILL)
    _finish(database)
    dead = asyncio.run(_replay(database))
    if dead:
        _finish(database)
    lost, doubled = asyncio.run(_books(database, ids))
    return Ledger(kills, len(ids), dead, lost, doubled, seed)


def _finish(database: str) -> None:
    """Workers that nobody kills, until nothing waits; what never ends is found in the books."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while asyncio.run(_unfinished(database)) and time.monotonic() < deadline:
        time.sleep(LEASE_SECONDS / 4)
        subprocess.run(_command(database, "--once"), check=True, capture_output=True, env=_environment())


def _command(database: str, *more: str) -> list[str]:
    options = ["--batch", str(BATCH), "--lease", str(LEASE_SECONDS), "--database", database]
    return [sys.executable, "-m", "campaignbase", "worker", *options, *more]


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("CAMPAIGNBASE", "SUPABASE"))
    }


def _start(database: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(_command(database), stderr=subprocess.PIPE, text=True, env=_environment())


def _wait_for_work(worker: "subprocess.Popen[str]") -> None:
    """Until it says that it works; then it is somewhere between two batches or inside one."""
    assert worker.stderr is not None
    for line in worker.stderr:
        if "waiting for work" in line:
            return
    raise AssertionError(f"the worker ended by itself with exit code {worker.wait()}")


async def _insert(database: str, first: int, count: int) -> list[str]:
    store = await wiring.open_store(database)
    try:
        workspace = await wiring.find_workspace(store, "default")
        rows = [
            NewContent(content=f"Post {number}: our spring sale starts, 20% off everything in store")
            for number in range(first, first + count)
        ]
        return list((await store.insert_content(workspace.id, rows)).ids)
    finally:
        await store.close()


async def _unfinished(database: str) -> int:
    store = await wiring.open_store(database)
    try:
        return sum(status.waiting + status.leased for status in await store.queue_status())
    finally:
        await store.close()


async def _replay(database: str) -> int:
    store = await wiring.open_store(database)
    try:
        return await store.replay_jobs()
    finally:
        await store.close()


async def _books(database: str, ids: list[str]) -> tuple[int, int]:
    store = await wiring.open_store(database)
    try:
        decided = [await _decisions(store, key) for key in ids]
    finally:
        await store.close()
    return sum(1 for count in decided if count == 0), sum(1 for count in decided if count > 1)


async def _decisions(store: Store, key: str) -> int:
    """Times the category of this row was decided; a row that is not finished counts as undecided."""
    explanation = await store.explain(key)
    asset = explanation.asset
    if asset is None or explanation.job_state is not None or asset.label_state not in ("labeled", "review"):
        return 0
    return Counter(decision.field for decision in explanation.decisions)["category"]
