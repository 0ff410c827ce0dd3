"""Waiting by a clock that tests can turn, and for how long."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from campaignbase.ports import Clock

Answer = TypeVar("Answer")
RECONNECT_SECONDS = 1.0  # the most before the second try; doubles with each failure in a row


def reconnect_delay(failures: int, random: float, cap: float) -> float:
    """Seconds until what did not answer is asked again: full jitter over 0..1, 0..2, 0..4 ... 0..cap, so
    that a fleet does not come back all at once.

    Args:
        failures: in a row, from 1.
        random: 0 <= random < 1.
    """
    return random * min(cap, RECONNECT_SECONDS * 2.0 ** min(failures - 1, 10))


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
