"""A process of its own: a worker on a database, woken by a project's realtime. Reports when told to end."""

import asyncio
import json
from collections.abc import Sequence

from campaignbase import wiring
from campaignbase.cli import output
from campaignbase.worker.loop import stopped_by_signals


def run(arguments: Sequence[str]) -> int:
    """DATABASE_URL PROJECT_URL KEY"""
    asyncio.run(_work(*arguments))
    return 0


async def _work(database: str, project: str, key: str) -> None:
    store = await wiring.open_store(database)
    try:
        listener = wiring.listener(project, key)
        worker = wiring.worker(store, wakeups=listener)
        with stopped_by_signals(worker.stop):
            output.say("waiting for work")
            total = await worker.run_forever()
        report = {
            "labeled": total.labeled + total.review,
            "stale": total.stale,
            "events": listener.events,
            "sessions": listener.sessions,
            "tries": listener.tries,
            "endings": dict(listener.endings),
        }
        print(json.dumps(report))
    finally:
        await store.close()
