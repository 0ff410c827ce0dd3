"""Claims deliveries, sends them side by side, writes down how they went.

As many are under way as there are slots, and a slot is filled again as soon as it is free: an endpoint
that does not answer holds its own few slots and no other's. What may be sent when, the database says.
"""

import asyncio
import random as chance
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from campaignbase.errors import UnreachableError
from campaignbase.models.webhooks import DeliveryResult
from campaignbase.ports import Clock, Sender, Store
from campaignbase.worker.waiting import canceled, reconnect_delay

SLOTS = 64
LEASE_SECONDS = 60  # four times what a try may take
POLL_SECONDS = 2.0
UNREACHABLE_SECONDS = 30.0  # the most between tries to reach a database that went away
GRACE_SECONDS = 8.0  # for what is under way when told to stop


@dataclass(slots=True)
class DeliveryReport:
    delivered: int = 0
    failed: int = 0


class Deliverer:
    """`stop()` may be called at any time; what is under way has GRACE_SECONDS, the rest is another's."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        clock: Clock,
        *,
        worker: str,
        slots: int = SLOTS,
        random: Callable[[], float] = chance.random,
    ) -> None:
        """`random`: 0 <= random() < 1."""
        self._store = store
        self._sender = sender
        self._clock = clock
        self._worker = worker
        self._slots = slots
        self._random = random
        self._running: set[asyncio.Task[DeliveryResult]] = set()
        self._answers: list[DeliveryResult] = []  # not written yet
        self._stopping = asyncio.Event()
        self.total = DeliveryReport()

    def stop(self) -> None:
        self._stopping.set()

    async def run_once(self) -> DeliveryReport:
        """Everything that is due now, or becomes so meanwhile. Raises UnreachableError."""
        try:
            while not self._stopping.is_set() and (await self._claim() or self._running):
                await self._settle(None)
        finally:
            await self._finish()
        return self.total

    async def run_forever(
        self, on_unreachable: Callable[[UnreachableError], None] | None = None
    ) -> DeliveryReport:
        """Until stop(). A database that goes away is tried again for ever."""
        failures = 0  # to reach the database, in a row
        try:
            while not self._stopping.is_set():
                try:
                    await self._write()  # what the database did not take last time
                    claimed = await self._claim()
                    # with free slots left, nothing more is due: look again when one ends, or later
                    await self._settle(0.0 if claimed and len(self._running) < self._slots else POLL_SECONDS)
                    failures = 0
                except UnreachableError as error:
                    if on_unreachable is not None:
                        on_unreachable(error)
                    failures += 1
                    await self._pause(reconnect_delay(failures, self._random(), UNREACHABLE_SECONDS))
        finally:
            await self._finish()
        return self.total

    async def _claim(self) -> int:
        free = self._slots - len(self._running)
        if free <= 0 or self._stopping.is_set():
            return 0
        claimed = await self._store.claim_deliveries(self._worker, free, LEASE_SECONDS)
        for delivery in claimed:
            self._running.add(asyncio.create_task(self._sender.send(delivery)))
        return len(claimed)

    async def _settle(self, seconds: float | None) -> None:
        """Wait until one ends, or that long (None: for ever), and write down what ended."""
        if self._running:
            beside: list[asyncio.Task[Any]] = [asyncio.create_task(self._stopping.wait())]
            if seconds is not None:
                beside.append(asyncio.create_task(self._clock.sleep(seconds)))
            await asyncio.wait([*self._running, *beside], return_when=asyncio.FIRST_COMPLETED)
            await canceled(*beside)
        elif seconds:
            await self._pause(seconds)
        await self._write()

    async def _write(self) -> None:
        done = {task for task in self._running if task.done()}
        self._running -= done
        self._answers += [task.result() for task in done if not task.cancelled()]
        if not self._answers:
            return
        verdicts = await self._store.complete_deliveries(self._answers)
        for answer, verdict in zip(self._answers, verdicts, strict=True):
            if verdict == "accepted":
                self.total.delivered += answer.delivered
                self.total.failed += not answer.delivered
        self._answers = []

    async def _finish(self) -> None:
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        await canceled(*self._running)
        with suppress(UnreachableError):  # or their leases end, and they are sent again
            await self._write()

    async def _pause(self, seconds: float) -> None:
        waiting = asyncio.ensure_future(self._stopping.wait())
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        await canceled(waiting, sleeping)
