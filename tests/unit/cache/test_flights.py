import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from campaignbase.cache.flights import Flights


class Work:
    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.go_on = asyncio.Event()
        self.canceled = 0

    async def __call__(self, mine: dict[str, Any]) -> Mapping[str, str]:
        self.calls.append(sorted(mine))
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.canceled += 1
            raise
        if "bad" in mine:
            raise ValueError("bad")
        return {name: name.upper() for name in mine}


async def test_each_name_is_worked_on_once() -> None:
    flights, work = Flights[str](), Work()
    asked = [
        asyncio.create_task(flights.join(dict.fromkeys(names), work)) for names in ("ab", "bc", "abc", "d")
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    work.go_on.set()
    answers = await asyncio.gather(*asked)
    assert answers == [
        {"a": "A", "b": "B"},
        {"b": "B", "c": "C"},
        {"a": "A", "b": "B", "c": "C"},
        {"d": "D"},
    ]
    assert work.calls == [["a", "b"], ["c"], ["d"]]
    await flights.join({"a": None}, work)  # done is done: nothing is kept
    assert work.calls[-1] == ["a"]


async def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    flights, work = Flights[str](), Work()
    work.go_on.set()
    asked = [asyncio.create_task(flights.join({"bad": None}, work)) for _ in range(3)]
    assert [type(error) for error in await asyncio.gather(*asked, return_exceptions=True)] == [ValueError] * 3
    assert len(work.calls) == 1
    with pytest.raises(ValueError, match="bad"):
        await flights.join({"bad": None}, work)
    assert len(work.calls) == 2


async def test_who_gives_up_stops_the_work_only_if_nobody_else_waits() -> None:
    flights, work = Flights[str](), Work()
    first = asyncio.create_task(flights.join({"a": None}, work))
    second = asyncio.create_task(flights.join({"a": None}, work))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert work.canceled == 0
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    # whoever comes while it ends has work of its own
    third = asyncio.create_task(flights.join({"a": None}, work))
    await asyncio.sleep(0)
    work.go_on.set()
    assert await third == {"a": "A"}
    assert (work.canceled, len(work.calls)) == (1, 2)
