"""A labeler of fakes on a SQLite file."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Analysis,
    ContentAsset,
    LabelChoice,
    NewContent,
)
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock, HashEmbedder, ScriptedAnalyst

SALE = "Spring sale: 20% off everything in store"


class Reader:
    def language(self, text: str) -> str | None:
        return "en" if text else None

    def quality(self, text: str, language: str | None) -> tuple[float | None, dict[str, float] | None]:
        return (0.5, {"length": 0.5}) if text and language else (None, None)


CLOCK = FakeClock()  # of every store here; only ever moved on


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "labels.db", clock=CLOCK)
    await labeler(opened).drain()  # the vocabulary's vectors
    yield opened
    await opened.close()


def labeler(
    store: SqliteStore,
    *,
    embedder: HashEmbedder | None = None,
    others: Sequence[HashEmbedder] = (),
    analyst: ScriptedAnalyst | None = None,
) -> Labeler:
    embedders = Embedders(embedder or HashEmbedder(), others, {"fake-hash-1": "bring a key"})
    return Labeler(store, embedders, analyst or ScriptedAnalyst(), Reader(), FakeClock())


async def insert(store: SqliteStore, *texts: str | None) -> list[str]:
    rows = [NewContent(content=text) for text in texts]
    return list((await store.insert_content(DEFAULT_WORKSPACE_ID, rows)).ids)


async def asset(store: SqliteStore, key: str) -> ContentAsset:
    found = (await store.explain(key)).asset
    assert found is not None
    return found


async def files_under(store: SqliteStore, name: str) -> ScriptedAnalyst:
    category = next(found for found in await store.categories(DEFAULT_WORKSPACE_ID) if found.name == name)
    choice = LabelChoice("model", 0.9, ("because",), category.id)
    return ScriptedAnalyst(lambda _: Analysis(category=choice))
