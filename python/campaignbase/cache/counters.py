"""What this process asked of each tier, until it is added to the account in the database."""

from collections import Counter
from collections.abc import Iterable

from campaignbase.cache.values import Entry
from campaignbase.models.cache import COUNTED, CacheCount

COMPUTE = "compute"


class Counters:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], CacheCount] = {}
        self._written: dict[tuple[str, str], CacheCount] = {}
        self._reads: Counter[str] = Counter()

    def of(self, kind: str, tier: str) -> CacheCount:
        found = self._counts.get((kind, tier))
        if found is None:
            found = self._counts[kind, tier] = CacheCount(kind, tier)
        return found

    def hit(self, kind: str, tier: str, entry: Entry) -> None:
        count = self.of(kind, tier)
        count.hits += 1
        count.bytes_read += entry.size
        count.saved_seconds += entry.seconds
        count.saved_cost += entry.cost

    def read(self, digests: Iterable[str]) -> None:
        """Entries of the table that were found there."""
        self._reads.update(digests)

    def all(self) -> list[CacheCount]:
        """Since the process began, by kind and tier."""
        return [self._counts[key] for key in sorted(self._counts)]

    def take(self) -> tuple[list[CacheCount], dict[str, int]]:
        """What was not taken yet."""
        fresh = [_difference(count, self._written.get(key)) for key, count in self._counts.items()]
        self._written = {key: _difference(count, None) for key, count in self._counts.items()}
        reads, self._reads = dict(self._reads), Counter()
        return [count for count in fresh if any(_numbers(count))], reads

    def put_back(self, counts: Iterable[CacheCount], reads: dict[str, int]) -> None:
        """It could not be written; the next time takes it again."""
        for count in counts:
            key = (count.kind, count.tier)
            self._written[key] = _difference(self._written[key], count)
        self._reads.update(reads)


def _numbers(count: CacheCount) -> list[float]:
    return [getattr(count, name) for name in COUNTED]


def _difference(count: CacheCount, less: CacheCount | None) -> CacheCount:
    numbers = _numbers(count) if less is None else [
        mine - theirs for mine, theirs in zip(_numbers(count), _numbers(less), strict=True)
    ]  # fmt: skip
    return CacheCount(count.kind, count.tier, *numbers)  # type: ignore[arg-type]
