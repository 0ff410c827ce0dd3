"""When the worker looks, how it is woken, and how it stops. Time is virtual."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import pytest
from tests.support.listening import until
from tests.support.virtual_clock import VirtualClock

from campaignbase.errors import UnreachableError
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.worker import loop
from campaignbase.worker.loop import BACKFILL_SECONDS, GRACE_SECONDS, STARVED_SECONDS, Worker

NOTHING = BatchReport()
ONE = BatchReport(claimed=1, accepted=1, labeled=1)


class Labeler:
    """Answers one script entry a drain, then finds nothing."""

    def __init__(self, *script: BatchReport | Exception | Callable[[], Awaitable[BatchReport]]) -> None:
        self._script = list(script)
        self.drains = 0
        self.released = 0

    async def drain(self, *, on_progress: Callable[[BatchReport], None], **_: Any) -> BatchReport:
        self.drains += 1
        step = self._script.pop(0) if self._script else NOTHING
        if isinstance(step, Exception):
            raise step
        report = step if isinstance(step, BatchReport) else await step()
        if report.claimed:
            on_progress(report)
        return report

    async def release(self) -> int:
        self.released += 1
        return 0


class Learner:
    def __init__(self) -> None:
        self.looks = 0

    async def learn_all(self) -> int:
        self.looks += 1
        return 0


class Wakeups:
    def __init__(self, connected: bool = True) -> None:
        self.connected = connected
        self.unheard = 0
        self.ended = False

    async def run(self, wake: Callable[[], None]) -> None:
        self.wake = wake
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True

    def found_unheard(self) -> None:
        self.unheard += 1


@asynccontextmanager
async def working(
    clock: VirtualClock, labeler: Labeler, wakeups: Wakeups | None = None, **told: Any
) -> AsyncIterator[tuple[Worker, "asyncio.Task[BatchReport]"]]:
    worker = Worker(labeler, Learner(), clock, wakeups=wakeups, random=lambda: 0.9)
    running = asyncio.create_task(worker.run_forever(**told))
    await until(lambda: labeler.drains > 0)
    await clock.advance(0.5)
    yield worker, running
    worker.stop()
    worker.stop()
    await running


@pytest.mark.parametrize(
    ("wakeups", "looks"),
    [
        (None, 1 + 30),  # nobody tells of work: every two seconds
        (Wakeups(connected=False), 1 + 30),  # nor while the listener is away
        (Wakeups(connected=True), 1 + 2),  # looking alone suffices, every half minute
    ],
)
async def test_it_looks_at_the_start_and_again_and_again(
    clock: VirtualClock, wakeups: Wakeups | None, looks: int
) -> None:
    labeler = Labeler()
    async with working(clock, labeler, wakeups):
        await clock.advance(60)
        assert labeler.drains == looks


async def test_it_looks_at_once_when_woken(clock: VirtualClock) -> None:
    labeler = Labeler()
    async with working(clock, labeler, Wakeups()) as (worker, _):
        worker.wake()
        await until(lambda: labeler.drains == 2)


async def test_a_burst_of_events_is_one_more_look(clock: VirtualClock) -> None:
    gate = asyncio.Event()

    async def held() -> BatchReport:
        await gate.wait()
        return ONE

    labeler = Labeler(NOTHING, held)
    async with working(clock, labeler, Wakeups()) as (worker, _):
        worker.wake()
        await until(lambda: labeler.drains == 2)
        for _ in range(1000):  # while a batch is under way: what they tell of may have been missed by it
            worker.wake()
        gate.set()
        await clock.advance(0.9)
        assert labeler.drains == 3


async def test_after_an_event_it_looks_again_soon_and_then_ever_later(clock: VirtualClock) -> None:
    """A row that was told of may wait for vectors of labels; whoever makes them tells nobody."""
    wakeups = Wakeups()
    labeler = Labeler(NOTHING, ONE, ONE)
    async with working(clock, labeler, wakeups) as (worker, _):
        worker.wake()
        await until(lambda: labeler.drains == 2)
        for seconds, looks in ((0.9, 2), (0.2, 3), (1.8, 3), (0.2, 4), (28, 7), (29.5, 7), (0.5, 8), (59, 9)):
            await clock.advance(seconds)
            assert labeler.drains == looks, seconds
        assert (worker.total.claimed, wakeups.unheard) == (2, 0)  # the listener was not to blame


async def test_it_tells_the_listener_what_was_found_without_it(clock: VirtualClock) -> None:
    wakeups = Wakeups()
    labeler = Labeler(NOTHING, ONE, NOTHING)
    async with working(clock, labeler, wakeups):
        assert wakeups.unheard == 0
        await clock.advance(30)  # found by looking
        assert wakeups.unheard == 1
        await clock.advance(30)  # nothing was found
        assert (wakeups.unheard, labeler.drains) == (1, 3)


async def test_a_listener_that_is_away_is_not_blamed(clock: VirtualClock) -> None:
    wakeups = Wakeups(connected=False)
    async with working(clock, Labeler(ONE, ONE, ONE, ONE), wakeups):
        await clock.advance(20)
        assert wakeups.unheard == 0


async def test_a_database_that_goes_away_is_tried_again_whatever_events_say(clock: VirtualClock) -> None:
    told: list[UnreachableError] = []
    labeler = Labeler(UnreachableError("gone"), UnreachableError("still gone"), ONE)
    async with working(clock, labeler, Wakeups(), on_unreachable=told.append) as (worker, _):
        assert worker.reachable is False
        worker.wake()
        await clock.advance(0.3)  # 0.8 s of the first pause, 0.9 s
        assert labeler.drains == 1
        await clock.advance(0.2)
        assert labeler.drains == 2
        await clock.advance(1.5)  # of the second, 1.8 s
        assert labeler.drains == 2
        await clock.advance(0.5)
        assert (labeler.drains, worker.reachable, len(told)) == (3, True, 2)
        assert worker.total == ONE


async def test_learning_is_looked_after_now_and_then_not_at_every_event(clock: VirtualClock) -> None:
    labeler = Labeler()
    learner = Learner()
    worker = Worker(labeler, learner, clock)
    running = asyncio.create_task(worker.run_forever())
    await clock.advance(59)
    assert (labeler.drains, learner.looks) == (30, 2)
    worker.stop()
    await running


async def test_stop_lets_the_batch_under_way_finish(clock: VirtualClock) -> None:
    gate = asyncio.Event()

    async def held() -> BatchReport:
        await gate.wait()
        return ONE

    wakeups = Wakeups()
    async with working(clock, Labeler(held), wakeups) as (worker, running):
        worker.stop()
        await clock.advance(GRACE_SECONDS - 1)
        assert not running.done()
        gate.set()
        assert await running == ONE
        assert wakeups.ended


@pytest.mark.parametrize("hurried", [False, True])
async def test_stop_does_not_wait_for_ever(clock: VirtualClock, hurried: bool) -> None:
    """A batch that outlasts the grace, or a second signal, is canceled and its lease handed back."""
    canceled = False

    async def stuck() -> BatchReport:
        nonlocal canceled
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            canceled = True
            raise
        return ONE

    labeler = Labeler(stuck)
    async with working(clock, labeler) as (worker, running):
        worker.stop()
        if hurried:
            worker.stop()
            await until(running.done)
        else:
            await clock.advance(GRACE_SECONDS + 1)
        assert running.done()
        assert (canceled, labeler.released) == (True, 1)
        assert await running == NOTHING


async def test_run_once_learns_before_and_after(clock: VirtualClock) -> None:
    learner = Learner()
    assert await Worker(Labeler(ONE), learner, clock).run_once() == ONE
    assert learner.looks == 2


class Backfiller:
    def __init__(self, steps: int) -> None:
        self._left = steps
        self.steps = self.brief = 0
        self.released = 0

    async def step(self, *, briefly: bool = False, beside: bool = False) -> object | None:
        if beside:
            return None
        self.steps += 1
        self.brief += briefly
        self._left -= 1
        await asyncio.sleep(0)
        return object() if self._left >= 0 else None

    async def release(self) -> int:
        self.released += 1
        return 0


def beside(labeler: Labeler, backfiller: Backfiller, clock: VirtualClock) -> Worker:
    return Worker(labeler, Learner(), clock, backfiller=backfiller, random=lambda: 0.9)


async def test_rows_that_are_there_are_done_while_nothing_arrives(clock: VirtualClock) -> None:
    backfiller = Backfiller(3)
    worker = beside(Labeler(), backfiller, clock)
    running = asyncio.create_task(worker.run_forever())
    await clock.advance(1)
    assert backfiller.steps == 4  # three, and the look that found nothing
    await clock.advance(BACKFILL_SECONDS)
    assert backfiller.steps == 5
    worker.stop()
    await running
    assert backfiller.released == 1


class Busy(Labeler):
    """Rows arrive all the time."""

    async def drain(
        self,
        *,
        on_progress: Callable[[BatchReport], None],
        should_stop: Callable[[], bool] = lambda: False,
        **more: Any,
    ) -> BatchReport:
        while not should_stop():
            on_progress(ONE)
            await more["clock"].sleep(0.5)
        return ONE


async def test_rows_that_arrive_go_first_but_starve_nobody(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "QUIET_SECONDS", 1.2)  # longer than a step of this clock
    backfiller, labeler = Backfiller(10_000), Busy()
    monkeypatch.setattr(labeler, "drain", partial(labeler.drain, clock=clock))
    worker = beside(labeler, backfiller, clock)
    running = asyncio.create_task(worker.run_forever())
    await clock.advance(STARVED_SECONDS * 4)
    assert 3 <= backfiller.steps <= 5
    assert backfiller.brief >= 3
    worker.stop()
    await clock.advance(1)
    await running


async def test_run_once_does_rows_that_are_there_and_looks_for_others_between(clock: VirtualClock) -> None:
    labeler, backfiller = Labeler(ONE, NOTHING, ONE), Backfiller(2)
    assert (await beside(labeler, backfiller, clock).run_once()).claimed == 2
    assert (labeler.drains, backfiller.steps) == (3, 3)
