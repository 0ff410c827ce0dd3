"""A clock that goes on only when told: what waits by it wakes in order, however busy the machine is."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 1, 1, tzinfo=UTC)
STEP = 0.5  # seconds
NETWORK_ROUNDS = 30  # turns of the event loop that a frame to a server in this process and back may take


class VirtualClock:
    def __init__(self) -> None:
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """In small steps, with time between them for what the network carries."""
        end = self._elapsed + seconds
        while self._elapsed < end:
            await self._settle()
            self._elapsed = min(end, self._elapsed + STEP)
            while self._sleepers and self._sleepers[0][0] <= self._elapsed:
                woken = heapq.heappop(self._sleepers)[2]
                if not woken.done():
                    woken.set_result(None)
        await self._settle()

    async def _settle(self) -> None:
        for _ in range(NETWORK_ROUNDS):
            await asyncio.sleep(0)
