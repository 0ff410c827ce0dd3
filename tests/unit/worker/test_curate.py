"""Vocabularies kept up to date now and then: so much at a time, and what stands in the way is said once."""

import asyncio
from typing import cast

import pytest

from campaignbase.errors import UnreachableError
from campaignbase.ports import Store
from campaignbase.testing import FakeClock
from campaignbase.worker import curate
from campaignbase.worker.curate import Curator


class DueStore:
    """Has words and workspaces that are due; does not answer while `down`."""

    def __init__(self, words: int = 0, workspaces: int = 0) -> None:
        self.words = [f"word {n}" for n in range(words, 0, -1)]
        self.workspaces = workspaces
        self.down = ""

    async def promote_due(self) -> str | None:
        if self.down:
            raise UnreachableError(self.down)
        return self.words.pop() if self.words else None

    async def refresh_related_tags(self) -> str | None:
        self.workspaces -= 1
        return "w" if self.workspaces >= 0 else None


def curator(store: DueStore, said: list[str], clock: FakeClock | None = None) -> Curator:
    return Curator(cast(Store, store), clock or FakeClock(), said.append)


async def test_words_that_are_due_become_tags_and_are_told() -> None:
    said: list[str] = []
    assert await curator(DueStore(2, 3), said).run_once() == (2, 3)
    assert said == [f"'word {n}' was met often enough and is a tag now" for n in (1, 2)]
    assert await curator(DueStore(), said).run_once() == (0, 0)


async def test_so_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curate, "MOST", 2)
    curating = curator(DueStore(3, 5), [])
    assert [await curating.run_once() for _ in range(3)] == [(2, 2), (1, 2), (0, 1)]


async def test_what_stands_in_the_way_is_said_once() -> None:
    said: list[str] = []
    store = DueStore(1)
    curating = curator(store, said)
    for store.down in ("gone", "gone", "full", ""):
        await curating.run_once()
    assert said == [
        "the vocabulary is not kept up to date: gone",
        "the vocabulary is not kept up to date: full",
        "'word 1' was met often enough and is a tag now",
    ]


class ThreeSleeps(FakeClock):
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if len(self.slept) == 3:
            raise asyncio.CancelledError


async def test_it_goes_on_after_a_failure_and_looks_every_ten_minutes() -> None:
    clock, store, said = ThreeSleeps(), DueStore(1), list[str]()
    store.down = "gone"
    with pytest.raises(asyncio.CancelledError):
        await curator(store, said, clock).run()
    assert clock.slept == [600.0] * 3
    assert said == ["the vocabulary is not kept up to date: gone"]
