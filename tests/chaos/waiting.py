"""Waiting for a queue to empty, and what an operator does meanwhile."""

import asyncio
import time
from collections.abc import Callable

from campaignbase import wiring

SECONDS = 900.0  # for everything to be labeled
PATIENCE_SECONDS = 60.0  # for anything else
POLL_SECONDS = 0.1


async def until(condition: Callable[[], bool], what: str, every: float = 0.02) -> None:
    """Asked every so many seconds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if condition():
            return
        await asyncio.sleep(every)
    raise AssertionError(f"not within {PATIENCE_SECONDS:.0f} s: {what}")


async def finished(database: str) -> int:
    """Until nothing waits; what never ends is for the checker to find.

    Returns:
        Jobs that lost five workers in a row and were let go again.
    """
    store = await wiring.open_store(database)
    end = time.monotonic() + SECONDS
    replayed = 0
    try:
        while time.monotonic() < end:
            status = await store.queue_status()
            if not any(one.waiting + one.leased for one in status):
                again = await store.replay_jobs() if any(one.dead for one in status) else 0
                if not again:
                    break
                replayed += again
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await store.close()
    return replayed


async def label_vocabulary(database: str) -> None:
    """The vectors of categories and tags, which content waits for."""
    store = await wiring.open_store(database)
    try:
        await wiring.worker(store).run_once()
    finally:
        await store.close()
