"""Waiting by a clock that tests can turn."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from campaignbase.ports import Clock

Answer = TypeVar("Answer")


async def within(clock: Clock, seconds: float, work: Awaitable[Answer]) -> Answer:
    """What `work` answers. Raises TimeoutError when it has not by then; it is canceled."""
    working = asyncio.ensure_future(work)
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({working, alarm}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise TimeoutError
    finally:
        await canceled(working, alarm)


async def canceled(*tasks: "asyncio.Future[Any]") -> None:
    """End these, whatever they do; what they raise is nobody's any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
