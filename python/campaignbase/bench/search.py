"""Search on SQLite over 10,000 rows, against one numpy product and argpartition over the same vectors."""

import asyncio
import tempfile
from pathlib import Path

import numpy as np

from campaignbase import wiring
from campaignbase.bench.rows import BenchRow, median_seconds
from campaignbase.bench.texts import posts
from campaignbase.models import NewContent, Workspace
from campaignbase.ports import Store
from campaignbase.providers.static import StaticEmbedder

ROWS = 10_000
QUERIES = 100


def sqlite_search_row() -> BenchRow:
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder) / "search.db"))


async def _measure(path: Path) -> BenchRow:
    texts = posts(ROWS)
    store = await wiring.open_store(str(path))
    try:
        workspace = await wiring.find_workspace(store, "default")
        await fill(store, workspace, texts)
        embedder = StaticEmbedder()
        matrix = embedder.encode(texts)
        queries = embedder.encode(posts(ROWS + QUERIES)[ROWS:])
        loop = asyncio.get_running_loop()

        def numpy_search() -> None:
            for query in queries:
                scores = matrix @ query
                best = np.argpartition(scores, -10)[-10:]
                best[np.argsort(-scores[best])]

        async def ours() -> float:
            started = loop.time()
            for query in queries:
                await store.semantic_search(query, 10, workspace.id)
            return (loop.time() - started) / QUERIES

        await ours()
        taken = sorted([await ours() for _ in range(3)])[1]
        peer = median_seconds(numpy_search, 3) / QUERIES
        return BenchRow(
            "SQLite search, 10,000 rows",
            "ms",
            taken * 1000,
            "numpy product + argpartition",
            peer * 1000,
            "<= 1.5 x",
        )
    finally:
        await store.close()


async def fill(store: Store, workspace: Workspace, texts: list[str]) -> None:
    for start in range(0, len(texts), 1000):
        await store.insert_content(
            workspace.id, [NewContent(content=text) for text in texts[start : start + 1000]]
        )
    await wiring.labeler(store).drain(workspace.id, batch=500)
