"""What `campaignbase worker` shows: one living line on a terminal, now and then a line when piped."""

import asyncio
import sys
from collections.abc import Callable

from rich.console import Console
from rich.status import Status

from campaignbase.cli import output
from campaignbase.cli.labeling import report_line
from campaignbase.errors import UnreachableError
from campaignbase.worker.watch import CONNECTED, Snapshot

LIVE_SECONDS = 0.5  # between two looks of the living line
PLAIN_SECONDS = 10.0  # between two lines when piped; none while nothing changed
COUNT_SECONDS = 2.0  # between two counts of the queue, where somebody may look
MINUTE, HOUR = 60, 3600


class Line:
    """Tells what goes on until canceled."""

    def __init__(self, now: Callable[[], Snapshot], *, quiet: bool = False) -> None:
        """`quiet`: nothing but what went wrong."""
        self._now = now
        self._quiet = quiet
        self._unreachable: str | None = None

    @staticmethod
    def living() -> bool:
        return sys.stderr.isatty()

    def count_seconds(self) -> float:
        return COUNT_SECONDS if self.living() else PLAIN_SECONDS

    def unreachable(self, error: UnreachableError) -> None:
        """Once an outage."""
        if self._unreachable is None:
            output.say(f"{error}; trying again")
        self._unreachable = str(error)

    async def show(self) -> None:
        if self._quiet:
            return
        if self.living():
            with Status(text(self._now()), console=Console(stderr=True)) as status:
                while True:
                    await asyncio.sleep(LIVE_SECONDS)
                    self._tell_recovery()
                    status.update(text(self._now()))
        told = (0, 0)
        while True:
            await asyncio.sleep(PLAIN_SECONDS)
            self._tell_recovery()
            seen = self._now()
            # the depth too: else the last line of a busy time says for hours that work waits
            news = (seen.total.claimed, seen.queue.waiting + seen.queue.leased)
            if news != told:
                told = news
                output.say(text(seen))

    def _tell_recovery(self) -> None:
        if self._unreachable is not None and self._now().reachable:
            self._unreachable = None
            output.say("the database answers again")


def tell_hearing(line: str) -> None:
    """What the listener says, but for what the living line shows anyway."""
    if not (line == CONNECTED and Line.living()):
        output.say(line)


def text(seen: Snapshot) -> str:
    """ "connected · 12 waiting, oldest 3 s · 180 rows/s · 82 assets labeled, 12 assets left for review" """
    state = seen.hearing.state if seen.reachable is not False else "database away"
    waiting = seen.queue.waiting + seen.queue.leased
    depth = f"{waiting:,} waiting"
    if waiting and seen.queue.oldest_seconds is not None:
        depth += f", oldest {age(seen.queue.oldest_seconds)}"
    if seen.queue.dead:
        depth += f", {seen.queue.dead:,} dead"
    parts = [state, depth, f"{seen.rate:,.0f} rows/s"]
    parts += [report_line(seen.total)] if seen.total.claimed else []
    return " · ".join(parts)


def age(seconds: float) -> str:
    """ "3 s", "5 min", "2 h" """
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.0f} h"
