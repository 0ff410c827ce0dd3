"""Ctrl-C in a command that works for long: it ends what is under way, and what was done is told."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Interrupted(Exception):  # noqa: N818
    """Raised by a command that ended early, when it has told what it did."""


class Interrupt:
    def __init__(self) -> None:
        self.asked = False
        self._stops: list[Callable[[], None]] = []

    def then(self, stop: Callable[[], None]) -> None:
        """Call this when Ctrl-C is pressed."""
        self._stops.append(stop)

    def ask(self) -> None:
        self.asked = True
        for stop in self._stops:
            stop()


@contextmanager
def heard() -> Iterator[Interrupt]:
    """Inside a running event loop. A second Ctrl-C does not wait for what is under way."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    interrupt = Interrupt()

    def press() -> None:
        if interrupt.asked and task is not None:
            task.cancel()
        interrupt.ask()

    loop.add_signal_handler(signal.SIGINT, press)
    try:
        yield interrupt
    finally:
        loop.remove_signal_handler(signal.SIGINT)
