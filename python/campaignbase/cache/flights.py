"""One computing for all who want the same at the same time, in one process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Work = Callable[[dict[str, Any]], Awaitable[Mapping[str, T]]]


class Flights(Generic[T]):
    """By name. The work is a task of its own: who gives up waiting stops it only if nobody else waits."""

    def __init__(self) -> None:
        self._flights: dict[str, _Flight[T]] = {}

    def is_under_way(self, name: str) -> bool:
        return name in self._flights

    async def join(self, wanted: dict[str, Any], work: "Work[T]") -> dict[str, T]:
        """An answer a name. `work` is called with what nobody works on yet, and answers all of it.

        Raises:
            whatever the work raises that one of the names needs.
        """
        mine = {name: asked for name, asked in wanted.items() if name not in self._flights}
        if mine:
            flight = _Flight[T](asyncio.ensure_future(_run(work, mine)))
            self._flights |= dict.fromkeys(mine, flight)
            flight.task.add_done_callback(lambda _: self._forget(flight))
        joined = {name: self._flights[name] for name in wanted}
        flights = set(joined.values())
        for flight in flights:
            flight.waiting += 1
        try:
            await asyncio.gather(*(asyncio.shield(flight.task) for flight in flights))
        finally:
            for flight in flights:
                flight.waiting -= 1
                if not flight.waiting and not flight.task.done():
                    self._forget(flight)  # nobody boards what is about to end
                    flight.task.cancel()
        return {name: flight.task.result()[name] for name, flight in joined.items()}

    def _forget(self, flight: "_Flight[T]") -> None:
        for name in [name for name, known in self._flights.items() if known is flight]:
            del self._flights[name]


class _Flight(Generic[T]):
    def __init__(self, task: "asyncio.Task[Mapping[str, T]]") -> None:
        self.task = task
        self.waiting = 0
        task.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _run(work: "Work[T]", mine: dict[str, Any]) -> Mapping[str, T]:
    return await work(mine)
