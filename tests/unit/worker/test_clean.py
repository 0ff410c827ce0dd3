"""Files whose content is gone: removed now and then; what stands in the way is said once."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from campaignbase.errors import UnreachableError
from campaignbase.ports import Store
from campaignbase.testing import FakeClock, MemoryMedia
from campaignbase.worker.clean import Cleaner


class OrphanStore:
    """Knows files whose content is gone: those of `media`, or the given ones for ever."""

    def __init__(self, media: MemoryMedia | None, names: Sequence[str] = ()) -> None:
        self._media = media
        self._names = list(names)
        self.asked = 0

    async def orphaned_media(self, older_than_seconds: int = 3600, limit: int = 1000) -> list[str]:
        self.asked += 1
        return (self._names or list(self._media.files if self._media else []))[: min(limit, 2)]


def cleaner(
    store: OrphanStore, media: MemoryMedia | None, said: list[str], clock: FakeClock | None = None
) -> Cleaner:
    return Cleaner(cast(Store, store), media, clock or FakeClock(), said.append)


async def test_all_of_them_are_removed_some_at_a_time() -> None:
    media = MemoryMedia()
    said: list[str] = []
    for name in "abcde":
        await media.upload(name, b"x", "image/png")
    assert await cleaner(OrphanStore(media), media, said).run_once() == 5
    assert (media.files, said) == ({}, [])


async def test_a_file_that_is_told_of_but_not_there_ends_the_round() -> None:
    media = MemoryMedia()
    said: list[str] = []
    store = OrphanStore(media, ["ghost"])
    assert await cleaner(store, media, said).run_once() == 0
    assert store.asked == 1


async def test_without_storage_it_is_said_once_and_only_when_there_is_something() -> None:
    said: list[str] = []
    await cleaner(OrphanStore(None), None, said).run_once()
    assert said == []
    cleaning = cleaner(OrphanStore(None, ["a"]), None, said)
    for _ in range(3):
        await cleaning.run_once()
    assert len(said) == 1
    assert said[0].startswith(
        "files of deleted content are not removed: no storage is configured; set SUPABASE_URL"
    )


class ThreeSleeps(FakeClock):
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if len(self.slept) == 3:
            raise asyncio.CancelledError


class DownMedia(MemoryMedia):
    async def remove(self, paths: Sequence[str]) -> int:
        raise UnreachableError("the storage is down")


async def test_it_goes_on_after_a_failure_and_looks_every_ten_minutes() -> None:
    media, clock = DownMedia(), ThreeSleeps()
    said: list[str] = []
    with pytest.raises(asyncio.CancelledError):
        await cleaner(OrphanStore(media, ["a"]), media, said, clock).run()
    assert clock.slept == [600.0] * 3
    assert said == ["files of deleted content are not removed: the storage is down"]
