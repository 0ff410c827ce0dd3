"""When a provider is left alone, and how many of its calls may be repetitions. Pure: the time is given.

closed     every call is let through; half of the last 20 failing opens it.
open       none is, until it is time.
half-open  one is: if it is answered, the breaker closes, else it opens again; one that a provider opened by
           saying how long it wants to be left alone closes and counts the failure.
"""

from collections import deque

CALLS = 20  # looked back at
FAILING = 0.5  # of them
OPEN_SECONDS = 30.0
PROBE_SECONDS = 2.0  # to wait for what the one call of a half-open breaker finds

REPEATED = 0.1  # of the calls, at most
FIRST_REPETITIONS = 3  # before there were calls
SAVED_REPETITIONS = 10.0  # at most, for a bad minute


class Breaker:
    """`now`: seconds of one monotonic clock, everywhere."""

    def __init__(self) -> None:
        self._calls: deque[bool] = deque(maxlen=CALLS)  # True: failed
        self._open_until: float | None = None
        self._probing = False
        self._tripped = False  # by failures, not by a provider that said how long

    def wait(self, now: float) -> float:
        """Seconds until a call is let through; after 0 say how it went: `answered`, `failed` or `left`."""
        if self._open_until is None:
            return 0.0
        if now < self._open_until:
            return self._open_until - now
        if self._probing:
            return PROBE_SECONDS
        self._probing = True
        return 0.0

    def answered(self) -> None:
        """By the provider, whatever it said."""
        if self._probing:
            self._close()
            self._calls.clear()
        if self._open_until is None:
            self._calls.append(False)

    def failed(self, now: float) -> None:
        if self._probing:
            if self._tripped:
                self.leave_alone(now, OPEN_SECONDS)
            else:
                self._close()
        if self._open_until is None:
            self._calls.append(True)
            if len(self._calls) == CALLS and sum(self._calls) >= CALLS * FAILING:
                self._tripped = True
                self.leave_alone(now, OPEN_SECONDS)

    def left(self) -> None:
        """Nothing is known of the call: it was broken off, or says nothing of how the provider is."""
        self._probing = False

    def leave_alone(self, now: float, seconds: float) -> None:
        """Also when a provider says itself that it wants to be left alone."""
        self._probing = False
        self._open_until = max(self._open_until or 0.0, now + seconds)

    def _close(self) -> None:
        self._probing = self._tripped = False
        self._open_until = None


class Repetitions:
    """One repetition in ten calls: a provider in trouble is not helped by twice the calls."""

    def __init__(self) -> None:
        self._saved = float(FIRST_REPETITIONS)

    def called(self) -> None:
        """For the first time, that is."""
        self._saved = min(SAVED_REPETITIONS, self._saved + REPEATED)

    def take(self) -> bool:
        if self._saved < 1:
            return False
        self._saved -= 1
        return True
