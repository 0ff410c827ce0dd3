"""One line of the report, and how a piece of work is timed."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchRow:
    """A measured piece of work beside its peer's, in one unit; `ratio` is ours to the peer's."""

    name: str
    unit: str  # "rows/s": more is better; "ms": less is better
    ours: float
    peer_name: str
    peer: float | None  # None: the peer is not installed, or there is none and `goal` is the measure
    goal: str  # as DESIGN's table of numbers has it
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return None if not self.peer else self.ours / self.peer


def per_second(count: int, work: Callable[[], object], rounds: int = 3) -> float:
    """Things done a second, the median of the rounds; one round before them is not counted."""
    work()
    return count / median_seconds(work, rounds)


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)
