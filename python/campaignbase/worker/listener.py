"""Hears from Supabase Realtime that there is work: a supervisor around one connection after another.

An event only wakes the worker's loop. Nothing is read from it, and losing all of them loses time, never work.
"""

import random as chance
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

from campaignbase.errors import InputError
from campaignbase.ports import Clock
from campaignbase.worker.refusals import Advice
from campaignbase.worker.session import Ending, Endpoint, Session
from campaignbase.worker.waiting import reconnect_delay
from campaignbase.worker.watch import CONNECTED

LONGEST_DELAY = 60.0  # seconds between connections
UNHEARD_SWEEPS = 3  # that found work in a row without an event: the server has forgotten us

State = Literal["connected", "reconnecting", "sweeping"]


class Listener:
    """`run()` once. `state` and the counters may be read at any time, by any thread.

    Args:
        random: 0 <= random() < 1.
        say: told of every change of state, one line; may raise.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        clock: Clock,
        *,
        random: Callable[[], float] = chance.random,
        say: Callable[[str], None] | None = None,
    ) -> None:
        if urlsplit(endpoint.url).scheme not in ("http", "https"):
            raise InputError(f"SUPABASE_URL {endpoint.url!r}: expected https://<project>.supabase.co")
        self._endpoint = endpoint
        self._clock = clock
        self._random = random
        self._told = say
        self._session: Session | None = None
        self._said: str | None = None
        self._unheard = 0
        self.state: State = "reconnecting"
        self.reason: str | None = "not connected yet"  # why not connected; None while it is
        self.events = 0
        self.sessions = 0  # that became live
        self.tries = 0  # connections tried
        self.failures = 0  # in a row
        self.wake_errors = 0
        self.endings: Counter[str] = Counter()  # by what each asked for

    @property
    def connected(self) -> bool:
        return self.state == "connected"

    async def run(self, wake: Callable[[], None]) -> None:
        """Until canceled, or until the server said that it will never listen to us.

        Args:
            wake: called for every event, and whenever a subscription stands; it should return at once.
        """
        while True:
            ending = await self._listen(wake)
            self.endings[ending.advice.value] += 1
            if ending.advice is Advice.NEVER:
                self.state, self.reason = "sweeping", ending.reason
                self._say(f"realtime refused: {ending.reason}; not tried again, the queue is swept instead")
                return
            self.failures += 1
            delay = self._delay(ending.advice)
            self.state, self.reason = "reconnecting", ending.reason
            self._say(f"realtime: {ending.reason}; reconnecting")
            await self._clock.sleep(delay)

    def found_unheard(self) -> None:
        """The loop found work by looking, and no event had told of it. Now and then that is a retry."""
        self._unheard += 1
        if self._unheard >= UNHEARD_SWEEPS and self._session is not None:
            self._session.end(Ending(f"{UNHEARD_SWEEPS} sweeps found work that no event had told of"))

    async def _listen(self, wake: Callable[[], None]) -> Ending:
        def heard() -> None:
            self.events += 1
            self._unheard = 0
            self._wake(wake)

        def live() -> None:
            self.sessions += 1
            self.failures = self._unheard = 0
            self.state, self.reason = "connected", None
            self._say(CONNECTED)
            self._wake(wake)  # what happened meanwhile was told to nobody

        self.tries += 1
        try:
            self._session = Session(self._endpoint, self._clock, heard=heard, live=live)
            ending = await self._session.run()
        except Exception as error:  # noqa: BLE001 a surprise must not end the listening
            ending = Ending(f"{type(error).__name__}: {error}")
        finally:
            self._session = None
        if ending.advice is Advice.REFRESH and self._endpoint.token is None:
            return Ending(f"{ending.reason} (the key itself; set a valid one and restart)", Advice.NEVER)
        return ending

    def _delay(self, advice: Advice) -> float:
        if advice is Advice.SLOW_DOWN:
            return LONGEST_DELAY * (0.5 + self._random() / 2)
        return reconnect_delay(self.failures, self._random(), LONGEST_DELAY)

    def _wake(self, wake: Callable[[], None]) -> None:
        try:
            wake()
        except Exception as error:  # noqa: BLE001 it would end the client's reading task
            self.wake_errors += 1
            self._say(f"realtime: an event could not be passed on ({type(error).__name__}: {error})")

    def _say(self, line: str) -> None:
        """A server that stays away is told of once."""
        if self._told is not None and line != self._said:
            self._said = line
            with suppress(Exception):
                self._told(line)
