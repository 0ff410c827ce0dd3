"""The shipped embedder alone, against model2vec's own encode of the same file."""

import asyncio
from importlib import resources

from campaignbase.bench.rows import BenchRow, per_second
from campaignbase.bench.texts import short_texts
from campaignbase.providers import minilm
from campaignbase.providers.static import StaticEmbedder

TEXTS = 20_000
MINILM_TEXTS = 500


def embedder_rows() -> list[BenchRow]:
    rows = [embedder_row()]
    if minilm.installed():
        texts = short_texts(MINILM_TEXTS)
        ours = per_second(MINILM_TEXTS, lambda: asyncio.run(minilm.MiniLMEmbedder().embed(texts)), rounds=1)
        rows.append(
            BenchRow("embed short texts, MiniLM", "texts/s", ours, "shipped embedder", rows[0].ours, "")
        )
    return rows


def embedder_row() -> BenchRow:
    texts = short_texts(TEXTS)
    embedder = StaticEmbedder()
    ours = per_second(TEXTS, lambda: embedder.encode(texts))
    from model2vec import StaticModel

    with resources.as_file(resources.files("campaignbase") / "data/embedder") as folder:
        peer_model = StaticModel.from_pretrained(folder)
    peer = per_second(TEXTS, lambda: peer_model.encode(texts, show_progress_bar=False))
    return BenchRow("embed short texts", "texts/s", ours, "model2vec encode", peer, ">= 15,000 texts/s")
