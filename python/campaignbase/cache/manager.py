"""The cache as its users see it: ask for many answers at once; what no tier has is computed by one of all.

Memory is asked first, then Redis, then the table. A tier that fails costs its callers only its answers.
Failures of computing are raised to all who wait and kept nowhere.
"""

import asyncio
import math
import random
import uuid
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from campaignbase.cache.agreement import Agreement, Alone
from campaignbase.cache.counters import COMPUTE, Counters
from campaignbase.cache.flights import Flights
from campaignbase.cache.keys import Key
from campaignbase.cache.kinds import MEMORY, NEGATIVE_SECONDS
from campaignbase.cache.memory import DEFAULT_ITEMS, Memory
from campaignbase.cache.tier import Tier, TierDownError
from campaignbase.cache.values import MAX_BYTES, MISSING, Entry, dump, pack, unpack
from campaignbase.ports import Clock

LEASE_SECONDS = 30  # for computing; whoever waits for longer computes it too
FIRST_LOOK = 0.02  # seconds; who waits for another process looks again, less and less often
LAST_LOOK = 0.25
JITTER = 0.1  # entries end up to so much of their time earlier
EARLY = 1.0  # the beta of XFetch: above 1 refreshes sooner
EARLY_RANGE = 20.0  # computing times before the end; earlier the odds are below one in 10^8


@dataclass(frozen=True, slots=True)
class Computed:
    """An answer with what it cost, where that is known."""

    value: Any
    cost: float = 0.0  # US dollars


Compute = Callable[[Sequence[Key]], Awaitable[Sequence[Any]]]


class CacheManager:
    """Several of one database agree through it; see `cache.opening` for how one is made and kept going."""

    def __init__(
        self,
        clock: Clock,
        agreement: Agreement | Alone,
        tiers: Sequence[Tier] = (),
        *,
        memory: Memory | None = None,
    ) -> None:
        """`tiers`: those that processes share, quickest first."""
        self._clock = clock
        self._agreement = agreement
        self.tiers = list(tiers)
        self.memory = memory or Memory(DEFAULT_ITEMS)
        self.counters = Counters()
        self._flights: Flights[Any] = Flights()
        self._refreshes: Flights[Any] = Flights()  # who has nothing yet does not wait for these
        self._owner = uuid.uuid4().hex
        self._tasks: set[asyncio.Task[Any]] = set()

    async def get(self, key: Key, default: Any = MISSING) -> Any:
        """None, False, 0 and empty ones are values; `default` where there is none."""
        found, _ = self._from_memory(key)
        if found is not MISSING:
            return found
        entries = await self._from_tiers([key])
        return self._remember(key, entries[key.digest]) if key.digest in entries else default

    async def get_many(self, keys: Sequence[Key]) -> dict[Key, Any]:
        """What is there."""
        found: dict[Key, Any] = {}
        missing = []
        for key in dict.fromkeys(keys):
            value, _ = self._from_memory(key)
            if value is MISSING:
                missing.append(key)
            else:
                found[key] = value
        entries = await self._from_tiers(missing) if missing else {}
        found |= {key: self._remember(key, entries[key.digest]) for key in missing if key.digest in entries}
        return found

    async def set(self, key: Key, value: Any, *, seconds: float | None = None) -> None:
        await self.set_many({key: value}, seconds=seconds)

    async def set_many(self, values: Mapping[Key, Any], *, seconds: float | None = None) -> None:
        """`seconds`: less than the kind's, at most that.

        Raises:
            TypeError, ValueError: neither JSON nor a vector of float32.
        """
        epoch = self._agreement.epoch
        entries = {key: self._entry(key, value, epoch, 0.0, seconds) for key, value in values.items()}
        await self._keep(entries)

    async def get_or_compute(self, key: Key, compute: Callable[[], Awaitable[Any]]) -> Any:
        """`compute` may answer with `Computed`, or with MISSING: kept nowhere, and returned."""

        async def one(_: Sequence[Key]) -> list[Any]:
            return [await compute()]

        return (await self.get_or_compute_many([key], one)).get(key, MISSING)

    async def get_or_compute_many(self, keys: Sequence[Key], compute: Compute) -> dict[Key, Any]:
        """An answer a key.

        Args:
            compute: called with the keys that no tier has, its answers in their order: values, `Computed`,
                or MISSING, which is kept nowhere and left out of what is returned.
        Raises:
            whatever `compute` raises; nothing of that call is kept.
        """
        found: dict[Key, Any] = {}
        missing, early = [], []
        for key in dict.fromkeys(keys):
            value, is_early = self._from_memory(key)
            if value is MISSING:
                missing.append(key)
            else:
                found[key] = value
                if is_early:
                    early.append(key)
        if early:
            self._refresh(early, compute)
        if missing:
            answers = await self._flights.join(
                {key.digest: key for key in missing},
                lambda mine: self._find_or_compute(list(mine.values()), compute),
            )
            found |= {key: answers[key.digest] for key in missing if answers[key.digest] is not MISSING}
        return found

    async def invalidate(self, scopes: Sequence[str]) -> None:
        """By the scopes of `cache.keys`, in every process.

        Raises:
            CampaignbaseError: the database did not answer; nothing is invalid.
        """
        await self._agreement.declare(scopes)

    def drop(self, scopes: Collection[str] | None) -> None:
        """From memory alone: what carries one of these scopes; None: everything."""
        if scopes is None:
            self.memory.clear()
        else:
            self.memory.drop(scopes)

    async def settle(self) -> None:
        """Wait for what goes on in the background."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    # finding

    def _from_memory(self, key: Key) -> tuple[Any, bool]:
        """(the value or MISSING, whether it is time to compute it anew)."""
        now = self._clock.now().timestamp()
        value = self.memory.get(key, now)
        if value is MISSING:
            self.counters.of(key.kind.name, MEMORY).misses += 1
            return MISSING, False
        entry = self.memory.entry(key)
        assert entry is not None  # noqa: S101 its value was just found
        self.counters.hit(key.kind.name, MEMORY, entry)
        return value, is_early(entry, now)

    async def _from_tiers(self, keys: Sequence[Key]) -> dict[str, Entry]:
        """By digest. What a slower tier had is given to the quicker ones."""
        found: dict[str, Entry] = {}
        asked: list[Tier] = []
        for tier in self.tiers:
            wanted = [key for key in keys if tier.name in key.kind.tiers and key.digest not in found]
            if not wanted:
                continue
            entries = await self._ask(tier, wanted, tier.read(wanted))
            if entries is None:
                continue
            told = {
                key: entries[key.digest]
                for key in wanted
                if key.digest in entries and self._is_right(tier, key, entries[key.digest])
            }
            for key in wanted:
                if key in told:
                    self.counters.hit(key.kind.name, tier.name, told[key])
                else:
                    self.counters.of(key.kind.name, tier.name).misses += 1
            if tier.name == "table" and told:
                # right now, as the database keeps nothing else
                epoch = self._agreement.epoch
                told = {key: replace(entry, epoch=epoch) for key, entry in told.items()}
                self.counters.read(key.digest for key in told)
            for quicker in asked:
                promoted = {key: entry for key, entry in told.items() if quicker.name in key.kind.tiers}
                if promoted:
                    self._spawn(self._ask(quicker, list(promoted), quicker.write(promoted)))
            found |= {key.digest: entry for key, entry in told.items()}
            asked.append(tier)
        return found

    def _is_right(self, tier: Tier, key: Key, entry: Entry) -> bool:
        return tier.name == "table" or self._agreement.is_right(key.scopes, entry.epoch)

    def _is_news(self, tier: Tier, key: Key, entry: Entry) -> bool:
        """Not only what is to be refreshed."""
        known = self.memory.entry(key)
        return self._is_right(tier, key, entry) and (known is None or known.expires < entry.expires)

    # computing

    async def _find_or_compute(self, keys: Sequence[Key], compute: Compute) -> dict[str, Any]:
        """An answer or MISSING by digest, of keys that nobody else in this process is after."""
        answers: dict[str, Any] = {}
        give_up = self._clock.monotonic() + LEASE_SECONDS
        look = FIRST_LOOK
        waiting = list(keys)
        while waiting:
            entries = await self._from_tiers(waiting)
            for key in waiting:
                if key.digest in entries:
                    answers[key.digest] = self._remember(key, entries[key.digest])
            waiting = [key for key in waiting if key.digest not in entries]
            mine = await self._lease(waiting) if self._clock.monotonic() < give_up else waiting
            if mine:
                answers |= await self._compute(mine, compute)
                taken = {key.digest for key in mine}
                waiting = [key for key in waiting if key.digest not in taken]
            if waiting:
                await self._clock.sleep(look)
                look = min(look * 1.5, LAST_LOOK)
        return answers

    async def _lease(self, keys: Sequence[Key]) -> list[Key]:
        """Those that are ours to compute: no other process does or just did, or none can be asked."""
        mine = []
        rest = list(keys)
        for tier in self.tiers:
            wanted = [key for key in rest if tier.name in key.kind.tiers]
            if not wanted:
                continue
            answer = await self._ask(tier, wanted, tier.lease(wanted, self._owner, LEASE_SECONDS))
            if answer is None:
                continue
            gained, there = answer
            done = [
                key
                for key in wanted
                if key.digest in gained & there.keys() and self._is_news(tier, key, there[key.digest])
            ]
            if done:
                await self._ask(tier, done, tier.release(done, self._owner))
            mine += [key for key in wanted if key.digest in gained and key not in done]
            rest = [key for key in rest if key not in set(wanted)]
        return mine + rest

    async def _compute(self, keys: Sequence[Key], compute: Compute) -> dict[str, Any]:
        epoch, started = self._agreement.epoch, self._clock.monotonic()
        for key in keys:
            self.counters.of(key.kind.name, COMPUTE).computes += 1
        try:
            answers = await compute(keys)
            if len(answers) != len(keys):
                raise ValueError(f"compute answered {len(answers)} of {len(keys)} keys")
            took = (self._clock.monotonic() - started) / len(keys)
            entries = {
                key: self._entry(key, answer, epoch, took)
                for key, answer in zip(keys, answers, strict=True)
                if answer is not MISSING
            }
        except BaseException:
            for key in keys:
                self.counters.of(key.kind.name, COMPUTE).errors += 1
            self._give_up(keys)
            raise
        self._spawn(self._keep(entries))
        self._give_up([key for key in keys if entries.get(key) is None])
        return {
            key.digest: answer.value if isinstance(answer, Computed) else answer
            for key, answer in zip(keys, answers, strict=True)
        }

    def _give_up(self, keys: Sequence[Key]) -> None:
        """Nothing will be written: whoever asks next need not wait for it."""
        for tier in self.tiers:
            wanted = [key for key in keys if tier.name in key.kind.tiers]
            if wanted:
                self._spawn(self._ask(tier, wanted, tier.release(wanted, self._owner)))

    def _refresh(self, keys: Sequence[Key], compute: Compute) -> None:
        """In the background, by one of all processes; what is there serves meanwhile."""

        async def renew(mine: dict[str, Key]) -> dict[str, Any]:
            leased = await self._lease(list(mine.values()))
            answers = await self._compute(leased, compute) if leased else {}
            return {digest: answers.get(digest, MISSING) for digest in mine}

        fresh = {key.digest: key for key in keys if not self._refreshes.is_under_way(key.digest)}
        if fresh:
            self._spawn(self._refreshes.join(fresh, renew))

    # keeping

    def _entry(
        self, key: Key, value: Any, epoch: int, took: float, seconds: float | None = None
    ) -> Entry | None:
        """None: too large to keep."""
        cost = 0.0
        if isinstance(value, Computed):
            value, cost = value.value, value.cost
        payload = pack(value)
        size = len(dump(payload))
        if size > MAX_BYTES:
            return None
        lives = key.kind.seconds if seconds is None else min(seconds, key.kind.seconds)
        if value is None:
            lives = min(lives, NEGATIVE_SECONDS)
        lives *= 1 - JITTER * random.random()
        # as it will be read: a copy that nobody changes
        return Entry(unpack(payload), payload, self._clock.now().timestamp() + lives, epoch, took, cost, size)

    async def _keep(self, entries: Mapping[Key, Entry | None]) -> None:
        kept = {
            key: entry
            for key, entry in entries.items()
            if entry is not None and self._agreement.is_right(key.scopes, entry.epoch)
        }
        for key, entry in kept.items():
            self.memory.set(key, entry)
            self.counters.of(key.kind.name, MEMORY).bytes_written += entry.size
        for tier in self.tiers:
            wanted = {key: entry for key, entry in kept.items() if tier.name in key.kind.tiers}
            if wanted and await self._ask(tier, list(wanted), tier.write(wanted)) is not None:
                for key, entry in wanted.items():
                    self.counters.of(key.kind.name, tier.name).bytes_written += entry.size

    def _remember(self, key: Key, entry: Entry) -> Any:
        self.memory.set(key, entry)
        return self.memory.get(key, -math.inf)

    async def _ask(self, tier: Tier, keys: Iterable[Key], answer: Coroutine[Any, Any, Any]) -> Any:
        """None: the tier is down."""
        try:
            found = await answer
        except TierDownError:
            for kind in {key.kind.name for key in keys}:
                self.counters.of(kind, tier.name).errors += 1
            return None
        return True if found is None else found

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # a refresh that failed: what was there serves until its end


def is_early(entry: Entry, now: float) -> bool:
    """Whether to compute anew before the end: by chance, likelier the nearer it is and the longer it took.

    Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, 2015.
    """
    left = entry.expires - now
    if left > entry.seconds * EARLY * EARLY_RANGE:
        return False
    return -entry.seconds * EARLY * math.log(1 - random.random()) >= left
