from campaignbase.cache.counters import Counters
from campaignbase.cache.values import Entry
from campaignbase.models.cache import CacheCount


def test_what_was_taken_is_not_taken_again() -> None:
    counters = Counters()
    counters.hit("keywords", "memory", Entry(None, {}, 0, 0, seconds=0.5, cost=0.25, size=10))
    counters.of("keywords", "redis").misses += 1
    counters.read(["a", "a", "b"])
    counts, reads = counters.take()
    hit = CacheCount("keywords", "memory", hits=1, bytes_read=10, saved_seconds=0.5, saved_cost=0.25)
    assert (counts, reads) == ([hit, CacheCount("keywords", "redis", misses=1)], {"a": 2, "b": 1})
    assert counters.take() == ([], {})
    counters.of("keywords", "redis").misses += 1
    assert counters.take() == ([CacheCount("keywords", "redis", misses=1)], {})
    assert counters.all() == [hit, CacheCount("keywords", "redis", misses=2)]


def test_what_could_not_be_written_is_taken_again() -> None:
    counters = Counters()
    counters.of("keywords", "redis").hits += 2
    counters.read(["a"])
    counts, reads = counters.take()
    counters.of("keywords", "redis").hits += 1
    counters.read(["a"])
    counters.put_back(counts, reads)
    assert counters.take() == ([CacheCount("keywords", "redis", hits=3)], {"a": 2})


def test_a_rate_is_of_what_was_asked() -> None:
    assert CacheCount("k", "memory", hits=1, misses=3).hit_rate == 0.25
    assert CacheCount("k", "compute", computes=3).hit_rate is None
