"""When to look for labels: a file is asked whether it was written to, a project tells by Realtime.

Both only say when. What is missed by one is found by the look that follows.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from campaignbase.errors import CampaignbaseError
from campaignbase.ports import Store

LOOK_SECONDS = 0.5  # between looks at a file's mark
SWEEP_SECONDS = 15.0  # between looks at a project that tells by itself
DEAF_SECONDS = 2.0  # the same while it does not
FILE_OVERLAP = 1.0  # seconds: one writes at a time
PROJECT_OVERLAP = 20.0  # a row shows when its transaction ends, and statements end after 8 s
MOST_WAITING = 10_000  # rows told of and not read yet; beyond, a look finds them


@dataclass(frozen=True, slots=True)
class News:
    ids: tuple[str, ...] = ()  # rows that changed
    look: bool = False  # for others


class Watch(Protocol):
    overlap: float  # seconds: no row shows later than that after it was written

    async def wait(self, seconds: float) -> News:
        """What is new; nothing after so many seconds."""
        ...

    def missed(self) -> None:
        """What was told could not be read: look, later."""
        ...


class FileWatch:
    """SQLite counts commits, which costs no look at the rows."""

    overlap = FILE_OVERLAP

    def __init__(self, store: Store, mark: str | None) -> None:
        """`mark`: of before the first look."""
        self._store = store
        self._mark = mark

    async def wait(self, seconds: float) -> News:
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            await asyncio.sleep(min(LOOK_SECONDS, left))
            try:
                mark = await self._store.written_mark()
            except CampaignbaseError:
                continue  # locked by a long writer
            if mark != self._mark:
                self._mark = mark
                return News(look=True)
        return News()

    def missed(self) -> None:
        self._mark = None


class Hearing(Protocol):
    """A connection to Realtime, made anew for as long as it is wanted."""

    @property
    def connected(self) -> bool: ...

    async def run(self, wake: Callable[[], None]) -> None: ...


class ProjectWatch:
    """Collects ids while the stream reads; sweeps by the clock, and at once when a subscription stands."""

    overlap = PROJECT_OVERLAP

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}  # in order
        self._awake = asyncio.Event()
        self._look = True  # what happened before the subscription was told to nobody
        self._looked = time.monotonic()
        self._hearing: Hearing | None = None

    @asynccontextmanager
    async def listening(self, hearing: Hearing) -> AsyncIterator["ProjectWatch"]:
        self._hearing = hearing
        running = asyncio.create_task(hearing.run(self._woken))
        try:
            yield self
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def changed(self, key: str) -> None:
        if len(self._ids) < MOST_WAITING:
            self._ids[key] = None
        else:
            self._look = True
        self._awake.set()

    def missed(self) -> None:
        self._look = True

    def _woken(self) -> None:
        """By a row, whose id is there already; or without one, when a subscription stands."""
        if not self._ids:
            self._look = True
        self._awake.set()

    async def wait(self, seconds: float) -> News:
        ends = time.monotonic() + seconds
        while True:
            hears = self._hearing is not None and self._hearing.connected
            due = self._looked + (SWEEP_SECONDS if hears else DEAF_SECONDS)
            now = time.monotonic()
            if self._ids or now >= due or (self._look and self._awake.is_set()):
                return self._taken(now, due)
            if now >= ends:
                return News()
            try:
                async with asyncio.timeout(min(due, ends, now + DEAF_SECONDS) - now):
                    await self._awake.wait()
            except TimeoutError:
                pass

    def _taken(self, now: float, due: float) -> News:
        look = now >= due or self._look
        found = News(tuple(self._ids), look)
        self._ids.clear()
        self._awake.clear()
        if look:
            self._look = False
            self._looked = now
        return found
