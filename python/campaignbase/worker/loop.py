"""Claim, label, learn, wait, again. Stops between batches; a lease it still holds is handed back."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from campaignbase.errors import UnreachableError
from campaignbase.pipeline.labeler import DEFAULT_BATCH, BatchReport, Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.ports import Clock

POLL_SECONDS = 2.0  # between looks at an empty queue
UNREACHABLE_SECONDS = 5.0  # between tries to reach a database that went away

OnReport = Callable[[BatchReport], None]


class Worker:
    """`stop()` may be called from a signal handler, any number of times."""

    def __init__(
        self, labeler: Labeler, learner: Learner, clock: Clock, *, batch: int = DEFAULT_BATCH
    ) -> None:
        self._labeler = labeler
        self._learner = learner
        self._clock = clock
        self._batch = batch
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run_once(self, on_report: OnReport | None = None) -> BatchReport:
        """Everything that can be claimed now, then what was learned from it. Totals of all batches."""
        await self._learner.learn_all()
        total = await self._drain(on_report, BatchReport())
        if not self._stopping.is_set():
            await self._learner.learn_all()
        return total

    async def run_forever(
        self,
        on_report: OnReport | None = None,
        on_unreachable: Callable[[UnreachableError], None] | None = None,
    ) -> BatchReport:
        """Until stop(). A database that goes away is tried again for ever."""
        total = BatchReport()
        while not self._stopping.is_set():
            try:
                total = await self._drain(on_report, total)
                await self._learner.learn_all()
                await self._pause(POLL_SECONDS)
            except UnreachableError as error:
                if on_unreachable is not None:
                    on_unreachable(error)
                await self._pause(UNREACHABLE_SECONDS)
        return total

    async def _drain(self, on_report: OnReport | None, total: BatchReport) -> BatchReport:
        def tell(report: BatchReport) -> None:
            if on_report is not None:
                on_report(total + report)

        try:
            return total + await self._labeler.drain(
                batch=self._batch, on_progress=tell, should_stop=self._stopping.is_set
            )
        finally:
            await self._labeler.release()

    async def _pause(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(self._stopping.wait())
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        _, pending = await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()


@contextmanager
def stopped_by_signals(worker: Worker) -> Iterator[None]:
    """SIGTERM and Ctrl-C let the batch under way finish; inside a running event loop."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, worker.stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
