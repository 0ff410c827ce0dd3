"""What a worker says of itself, by a clock that only goes on when told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from tests.support.virtual_clock import VirtualClock

from campaignbase.errors import UnreachableError
from campaignbase.models import QueueStatus
from campaignbase.models.webhooks import DeliveryStatus
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.worker.watch import DEAF_SECONDS, STUCK_SECONDS, Hearing, Outbox, Queue, Watch


def status(**counts: Any) -> QueueStatus:
    empty = {"waiting": 0, "leased": 0, "dead": 0, "oldest_seconds": None, "last_error": None}
    return QueueStatus(workspace_name="a", kind="categorize_content", **{**empty, **counts})


class Store:
    def __init__(self, *answers: list[QueueStatus] | Exception) -> None:
        self._answers = list(answers)

    async def queue_status(self) -> list[QueueStatus]:
        answer = self._answers.pop(0) if self._answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def delivery_status(self) -> DeliveryStatus:
        return DeliveryStatus(waiting=6, leased=1, dead=2, late_seconds=7.5, disabled=0, last_error=None)


@pytest.fixture
def worker() -> SimpleNamespace:
    return SimpleNamespace(total=BatchReport(), moved_at=0.0, reachable=True, stopping=False)


@asynccontextmanager
async def watching(
    clock: VirtualClock, worker: SimpleNamespace, store: Store, listener: Any = None
) -> AsyncIterator[Watch]:
    watch = Watch(store, worker, clock, listener)
    running = asyncio.create_task(watch.run(2.0))
    await clock.advance(0.5)
    yield watch
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_the_queue_is_that_of_all_workspaces(clock: VirtualClock, worker: SimpleNamespace) -> None:
    store = Store(
        [status(waiting=3, leased=2, oldest_seconds=4.0), status(waiting=1, dead=5, oldest_seconds=9.0)]
    )
    async with watching(clock, worker, store) as watch:
        assert watch.now().queue == Queue(waiting=4, leased=2, dead=5, oldest_seconds=9.0)
        assert watch.now().outbox == Outbox(waiting=6, leased=1, dead=2, late_seconds=7.5)
        await clock.advance(2)
        assert watch.now().queue == Queue()


async def test_a_database_away_leaves_the_last_count(clock: VirtualClock, worker: SimpleNamespace) -> None:
    store = Store([status(waiting=3)], UnreachableError("gone"), [status(waiting=1)])
    async with watching(clock, worker, store) as watch:
        await clock.advance(2)
        assert watch.now().queue.waiting == 3
        await clock.advance(2)
        assert watch.now().queue.waiting == 1


async def test_the_rate_is_that_of_the_last_half_minute(clock: VirtualClock, worker: SimpleNamespace) -> None:
    async with watching(clock, worker, Store()) as watch:
        assert watch.now().rate == 0
        worker.total = BatchReport(claimed=100, accepted=90, failed=10)
        await clock.advance(19.5)
        assert watch.now().rate == pytest.approx(100 / 20, rel=0.1)
        await clock.advance(40)
        assert watch.now().rate == 0


@pytest.mark.parametrize(
    ("change", "live", "ready"),
    [
        ({}, True, True),
        ({"reachable": None}, True, False),  # not looked yet
        ({"reachable": False}, True, False),
        ({"stopping": True}, True, False),  # takes no more
        ({"moved_at": -STUCK_SECONDS}, False, False),  # a batch that never ends
    ],
)
async def test_live_and_ready(
    clock: VirtualClock, worker: SimpleNamespace, change: dict[str, Any], live: bool, ready: bool
) -> None:
    for name, value in change.items():
        setattr(worker, name, value)
    async with watching(clock, worker, Store()) as watch:
        seen = watch.now()
        assert (seen.live, seen.ready) == (live, ready)


async def test_an_event_loop_that_stands_still_is_not_live(
    clock: VirtualClock, worker: SimpleNamespace
) -> None:
    watch = Watch(Store(), worker, clock)  # nobody runs it
    await clock.advance(DEAF_SECONDS - 1)
    assert watch.now().live
    await clock.advance(2)
    worker.moved_at = clock.monotonic()
    assert not watch.now().live


def test_hearing_is_the_listeners(worker: SimpleNamespace) -> None:
    listener = SimpleNamespace(
        state="reconnecting", reason="gone", events=7, sessions=2, tries=4, wake_errors=1,
        endings=Counter(retry=3),
    )  # fmt: skip
    watch = Watch(Store(), worker, VirtualClock(), listener)
    assert watch.now().hearing == Hearing("reconnecting", "gone", 7, 2, 4, 1, {"retry": 3})
    assert Watch(Store(), worker, VirtualClock()).now().hearing == Hearing("sweeping")


async def test_counting_a_long_queue_takes_a_small_share_of_the_time(
    clock: VirtualClock, worker: SimpleNamespace
) -> None:
    counts = 0

    class Slow(Store):
        async def queue_status(self) -> list[QueueStatus]:
            nonlocal counts
            counts += 1
            await clock.sleep(1.0)
            return []

    async with watching(clock, worker, Slow()):
        await clock.advance(60)
        assert counts == 3  # a second of counting, twenty of rest
