"""Look, label, wait, again. Looking alone suffices; a listener only tells of work sooner.

Stops between batches, or within a grace; a lease still held then is handed back.
"""

import asyncio
import random as chance
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from campaignbase.errors import UnreachableError
from campaignbase.pipeline.backfill import Backfiller
from campaignbase.pipeline.labeler import DEFAULT_BATCH, BatchReport, Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.ports import Clock
from campaignbase.worker.waiting import canceled, reconnect_delay

POLL_SECONDS = 2.0  # between looks at an empty queue while nobody tells of work
SWEEP_SECONDS = 30.0  # the same while a listener is connected
AGAIN_SECONDS = (
    1.0  # after an event, then doubled: rows wait for vectors of labels, and nobody tells of those
)
UNREACHABLE_SECONDS = 30.0  # the most between tries to reach a database that went away
LEARN_SECONDS = 30.0  # between looks at what people filed meanwhile
BACKFILL_SECONDS = 5.0  # between looks for rows that are to be done again
QUIET_SECONDS = 0.25  # without a row that arrived: then rows are done again
STARVED_SECONDS = 5.0  # without a step of those: then they have a brief one all the same
GAP_SECONDS = 1.0  # the most that one waits for the end of a look
GLANCE_SECONDS = 0.02  # between looks whether it is quiet
GRACE_SECONDS = 8.0  # for the batch under way when told to stop; containers are killed after 10

OnReport = Callable[[BatchReport], None]


class Wakeups(Protocol):
    """Tells of work early; `Listener` is one."""

    @property
    def connected(self) -> bool: ...

    async def run(self, wake: Callable[[], None]) -> None:
        """Until canceled; it calls `wake` whenever there may be work."""
        ...

    def found_unheard(self) -> None:
        """Work was found without it."""
        ...


class Worker:
    """`stop()` and `wake()` may be called at any time, any number of times."""

    def __init__(
        self,
        labeler: Labeler,
        learner: Learner,
        clock: Clock,
        *,
        batch: int = DEFAULT_BATCH,
        wakeups: Wakeups | None = None,
        adapt: bool = False,
        backfiller: Backfiller | None = None,
        random: Callable[[], float] = chance.random,
    ) -> None:
        """
        Args:
            batch: jobs a round; with `adapt` the most a round may have.
            backfiller: works while nothing arrives; None: nobody does.
            random: 0 <= random() < 1.
        """
        self._labeler = labeler
        self._learner = learner
        self._clock = clock
        self._batch = batch
        self._wakeups = wakeups
        self._adapt = adapt
        self._backfiller = backfiller
        self._arrived_at = -QUIET_SECONDS  # when a row arrived or was labeled last, by the clock
        self._looking = False  # for rows that arrived, or labeling them
        self._random = random
        self._again_seconds = SWEEP_SECONDS  # until the next look, while a listener is connected
        self._swept = False  # the pause before this look was a whole one
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._hurried = asyncio.Event()
        self._learned_at: float | None = None
        self.total = BatchReport()
        self.backfill_steps = 0  # of run_once
        self.moved_at = clock.monotonic()  # the last sign of life, by the clock
        self.reachable: bool | None = None  # None: not looked yet

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def stop(self) -> None:
        """After the batch under way, which has GRACE_SECONDS; none when called again."""
        if self._stopping.is_set():
            self._hurried.set()
        self._stopping.set()

    def wake(self) -> None:
        """Look now, or once more after the batch under way; a hundred calls are one look."""
        self._arrived_at = self._clock.monotonic()
        self._awake.set()

    async def run_once(self, on_report: OnReport | None = None) -> BatchReport:
        """Everything that can be claimed now, then what was learned from it. Totals of all batches."""
        await self._learner.learn_all()
        await self._drain(on_report)
        while self._backfiller is not None and not self.stopping and await self._backfiller.step():
            self.backfill_steps += 1
            await self._drain(on_report)  # rows that arrived meanwhile go first
        if not self.stopping:
            await self._learner.learn_all()
        return self.total

    async def run_forever(
        self,
        on_report: OnReport | None = None,
        on_unreachable: Callable[[UnreachableError], None] | None = None,
    ) -> BatchReport:
        """Until stop(). A database that goes away is tried again for ever."""
        listening = [asyncio.create_task(self._wakeups.run(self.wake))] if self._wakeups is not None else []
        beside = [asyncio.create_task(self._backfill(self._backfiller))] if self._backfiller else []
        failures = 0  # to reach the database, in a row
        try:
            while not self.stopping:
                try:
                    await self._look(on_report)
                    self.reachable, failures = True, 0
                    await self._pause(self._pause_seconds(), self._awake)
                except UnreachableError as error:
                    self.reachable, failures = False, failures + 1
                    if on_unreachable is not None:
                        on_unreachable(error)
                    # an event does not bring the database back
                    await self._pause(reconnect_delay(failures, self._random(), UNREACHABLE_SECONDS))
                for task in beside:
                    if task.done():
                        task.result()
        finally:
            await canceled(*listening, *beside)
            if self._backfiller is not None:
                with suppress(UnreachableError):
                    await self._backfiller.release()
        return self.total

    async def _backfill(self, backfiller: Backfiller) -> None:
        """A step after the other, each when no row arrived for a moment, or none had a turn for long."""
        stepped_at = self._clock.monotonic()
        beside: asyncio.Task[None] | None = None
        try:
            while not self.stopping:
                quiet, waited = self._is_quiet(), self._clock.monotonic() - stepped_at
                # a moment after a row is the best one to take a turn: the next is not there yet
                turn = waited >= STARVED_SECONDS and (
                    not self._looking or waited >= STARVED_SECONDS + GAP_SECONDS
                )
                if not (quiet or turn):
                    await self._clock.sleep(GLANCE_SECONDS)
                    continue
                try:
                    found = await backfiller.step(briefly=not quiet)
                except UnreachableError:  # told by those who look for rows that arrive
                    found = None
                stepped_at = self._clock.monotonic()
                if beside is not None and beside.done():
                    beside.result()
                    beside = None
                if found is None:
                    await self._clock.sleep(BACKFILL_SECONDS)
                elif beside is None and self._is_quiet():
                    beside = asyncio.create_task(self._step_beside(backfiller))
        finally:
            if beside is not None:
                await canceled(beside)

    async def _step_beside(self, backfiller: Backfiller) -> None:
        """While others are written, decide the next, as long as nothing arrives."""
        with suppress(UnreachableError):
            while not self.stopping and self._is_quiet() and await backfiller.step(beside=True):
                pass

    def _is_quiet(self) -> bool:
        return not self._looking and self._clock.monotonic() - self._arrived_at >= QUIET_SECONDS

    async def _look(self, on_report: OnReport | None) -> None:
        told = self._awake.is_set()
        self._awake.clear()
        if told:
            self._again_seconds = AGAIN_SECONDS
        before = self.total.claimed
        await self._drain(on_report)
        unheard = self._swept and self.total.claimed > before and not told and not self._awake.is_set()
        if unheard and self._wakeups is not None and self._wakeups.connected:
            self._wakeups.found_unheard()
        now = self._clock.monotonic()
        if not self.stopping and (self._learned_at is None or now - self._learned_at >= LEARN_SECONDS):
            await self._learner.learn_all()
            self._learned_at = self._clock.monotonic()

    async def _drain(self, on_report: OnReport | None) -> None:
        before = self.total

        def tell(report: BatchReport) -> None:
            self.total = before + report
            self.moved_at = self._arrived_at = self._clock.monotonic()
            if on_report is not None:
                on_report(self.total)

        draining = asyncio.create_task(
            self._labeler.drain(
                batch=self._batch, on_progress=tell, should_stop=self._stopping.is_set, adapt=self._adapt
            )
        )
        hurrying = asyncio.create_task(self._out_of_patience())
        self._looking = True
        try:
            await asyncio.wait({draining, hurrying}, return_when=asyncio.FIRST_COMPLETED)
            if draining.done():
                draining.result()
        finally:
            await canceled(draining, hurrying)
            self._looking = False
            await self._labeler.release()
            self.moved_at = self._clock.monotonic()

    async def _out_of_patience(self) -> None:
        await self._stopping.wait()
        await self._pause(GRACE_SECONDS, self._hurried, stops=False)

    def _pause_seconds(self) -> float:
        if self._wakeups is None or not self._wakeups.connected:
            return POLL_SECONDS
        seconds = min(self._again_seconds, SWEEP_SECONDS)
        self._again_seconds, self._swept = 2 * seconds, seconds == SWEEP_SECONDS
        return seconds

    async def _pause(self, seconds: float, until: asyncio.Event | None = None, *, stops: bool = True) -> None:
        """So long, or until the event, or until stop()."""
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(self._clock.sleep(seconds))]
        waiting += [asyncio.create_task(until.wait())] if until is not None else []
        waiting += [asyncio.create_task(self._stopping.wait())] if stops else []
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await canceled(*waiting)
        self.moved_at = self._clock.monotonic()


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and Ctrl-C call it; inside a running event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
