"""What a worker can say of itself: how much waits, how fast it goes, whether it is well."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaignbase.errors import CampaignbaseError
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.ports import Clock, Store
from campaignbase.worker.loop import Worker

if TYPE_CHECKING:
    from campaignbase.worker.listener import Listener

CONNECTED = "realtime: connected"  # what a listener says once it hears
RATE_SECONDS = 30.0  # the rate is that of so long
SHARE = 20  # counting the queue takes at most one part in so many of the time
STUCK_SECONDS = 300.0  # without a sign of life: longer than any batch, shorter than patience
DEAF_SECONDS = 30.0  # without a turn of the event loop


@dataclass(frozen=True, slots=True)
class Queue:
    """As it was counted last."""

    waiting: int = 0
    leased: int = 0
    dead: int = 0
    oldest_seconds: float | None = None  # age of the oldest job that is not dead


@dataclass(frozen=True, slots=True)
class Outbox:
    """Messages to webhooks, as they were counted last."""

    waiting: int = 0
    leased: int = 0
    dead: int = 0
    late_seconds: float | None = None  # how long the one due longest waits


@dataclass(frozen=True, slots=True)
class Hearing:
    """How the worker learns of work: `sweeping` is by looking alone."""

    state: str = "sweeping"
    reason: str | None = None  # why not connected
    events: int = 0
    sessions: int = 0
    tries: int = 0
    wake_errors: int = 0
    endings: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    total: BatchReport
    queue: Queue
    hearing: Hearing
    rate: float  # jobs answered a second, lately
    reachable: bool | None  # the database, at the last look; None: not looked yet
    live: bool  # it goes on; else only a restart helps
    ready: bool  # it can label what arrives
    outbox: Outbox = Outbox()


class Watch:
    """`now()` may be called by any thread; it asks nobody."""

    def __init__(
        self, store: Store, worker: Worker, clock: Clock, listener: "Listener | None" = None
    ) -> None:
        self._store = store
        self._worker = worker
        self._clock = clock
        self._listener = listener
        self._queue = Queue()
        self._outbox = Outbox()
        self._turned_at = clock.monotonic()
        self._counts: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])

    async def run(self, seconds: float) -> None:
        """Count what waits, every so often, until canceled."""
        while True:
            started = self._clock.monotonic()
            try:
                found = await self._store.queue_status()
                ages = [status.oldest_seconds for status in found if status.oldest_seconds is not None]
                self._queue = Queue(
                    sum(status.waiting for status in found),
                    sum(status.leased for status in found),
                    sum(status.dead for status in found),
                    max(ages, default=None),
                )
                told = await self._store.delivery_status()
                self._outbox = Outbox(told.waiting, told.leased, told.dead, told.late_seconds)
            except CampaignbaseError:
                pass  # the worker tells of a database that does not answer; what was counted last stands
            taken = self._clock.monotonic() - started
            await self._sleep(max(seconds, taken * SHARE))

    def now(self) -> Snapshot:
        moment = self._clock.monotonic()
        live = moment - self._worker.moved_at < STUCK_SECONDS and moment - self._turned_at < DEAF_SECONDS
        return Snapshot(
            total=self._worker.total,
            queue=self._queue,
            hearing=self._hearing(),
            rate=self._rate(),
            reachable=self._worker.reachable,
            live=live,
            ready=live and self._worker.reachable is True and not self._worker.stopping,
            outbox=self._outbox,
        )

    async def _sleep(self, seconds: float) -> None:
        """In turns of a second, which show that the event loop is not held up."""
        end = self._clock.monotonic() + seconds
        while True:
            moment = self._clock.monotonic()
            self._turned_at = moment
            total = self._worker.total
            self._counts.append((moment, total.accepted + total.jobs_failed))
            while len(self._counts) > 1 and self._counts[0][0] < moment - RATE_SECONDS:
                self._counts.popleft()
            if moment >= end:
                return
            await self._clock.sleep(min(1.0, end - moment))

    def _rate(self) -> float:
        (first, before), (last, after) = self._counts[0], self._counts[-1]
        return (after - before) / (last - first) if last > first else 0.0

    def _hearing(self) -> Hearing:
        listener = self._listener
        if listener is None:
            return Hearing()
        return Hearing(
            listener.state,
            listener.reason,
            listener.events,
            listener.sessions,
            listener.tries,
            listener.wake_errors,
            dict(listener.endings),
        )
