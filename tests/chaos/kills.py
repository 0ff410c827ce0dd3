"""Kill real workers at random points of their work, start others, until everything is done."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger
from tests.chaos.waiting import finished

from campaignbase import wiring
from campaignbase.models import NewContent
from campaignbase.ports import Store

LEASE_SECONDS = 2
WORKERS = 3

Insert = Callable[[int], Awaitable[object]]


async def kill_workers(
    workers: Fleet, database: str, insert: Insert, ledger: Ledger, *, kills: int, jobs: int, seed: int
) -> int:
    """Insert `jobs` rows, kill `kills` workers while they label, let the last ones finish.

    Rows come in as the kills go on, so that each killed worker had work under way.

    Returns:
        Jobs that lost five workers in a row and waited for an operator; they were let go again.
    """
    chance = random.Random(seed)

    def start() -> None:
        worker = workers.start(database, lease=LEASE_SECONDS)
        ledger.worker(worker.name, worker.pid)

    for _ in range(WORKERS):
        start()
    for number in range(kills):
        victim = chance.choice(workers.workers)
        await asyncio.to_thread(victim.wait_for_work)
        await insert(jobs * (number + 1) // kills - jobs * number // kills)
        await asyncio.sleep(chance.uniform(0, 0.3))
        workers.kill(victim)
        start()
    replayed = await finished(database)
    for worker in workers.workers:
        await asyncio.to_thread(worker.wait_for_work)
    await asyncio.to_thread(workers.end_all)
    return replayed


class Rows:
    """Inserted through the store, whatever it is; the books are compared by the store too."""

    def __init__(self, database: str) -> None:
        self._database = database
        self.ids: list[str] = []

    async def insert(self, count: int) -> None:
        store = await wiring.open_store(self._database)
        try:
            workspace = await wiring.find_workspace(store, "default")
            first = len(self.ids)
            rows = [
                NewContent(content=f"Post {number}: our spring sale starts, 20% off everything in store")
                for number in range(first, first + count)
            ]
            self.ids += (await store.insert_content(workspace.id, rows)).ids
        finally:
            await store.close()

    async def books(self) -> tuple[int, int]:
        """(rows without a decision or whose job is still there, rows decided more than once)"""
        store = await wiring.open_store(self._database)
        try:
            decided = [await _decisions(store, key) for key in self.ids]
        finally:
            await store.close()
        return decided.count(0), sum(1 for count in decided if count > 1)


async def _decisions(store: Store, key: str) -> int:
    """Times the category of this row was decided; a row that is not finished counts as undecided."""
    explanation = await store.explain(key)
    asset = explanation.asset
    if asset is None or explanation.job_state is not None or asset.label_state not in ("labeled", "review"):
        return 0
    return Counter(decision.field for decision in explanation.decisions)["category"]
