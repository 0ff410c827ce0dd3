"""The shipped embedder alone, against model2vec's own encode of the same file."""

from importlib import resources

from campaignbase.bench.rows import BenchRow, per_second
from campaignbase.bench.texts import short_texts
from campaignbase.providers.static import StaticEmbedder

TEXTS = 20_000


def embedder_row() -> BenchRow:
    texts = short_texts(TEXTS)
    embedder = StaticEmbedder()
    ours = per_second(TEXTS, lambda: embedder.encode(texts))
    from model2vec import StaticModel

    with resources.as_file(resources.files("campaignbase") / "data/embedder") as folder:
        peer_model = StaticModel.from_pretrained(folder)
    peer = per_second(TEXTS, lambda: peer_model.encode(texts, show_progress_bar=False))
    return BenchRow("embed short texts", "texts/s", ours, "model2vec encode", peer, ">= 15,000 texts/s")
