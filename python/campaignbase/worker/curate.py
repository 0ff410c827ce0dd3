"""Keeps vocabularies up to date, now and then: words that are due become tags, related tags are found anew.

What goes wrong is told once; nothing else waits for it.
"""

from collections.abc import Callable

from campaignbase.errors import CampaignbaseError
from campaignbase.ports import Clock, Store

CURATE_SECONDS = 600.0
MOST = 100  # words, and workspaces, at a time


class Curator:
    def __init__(self, store: Store, clock: Clock, say: Callable[[str], None]) -> None:
        self._store = store
        self._clock = clock
        self._say = say
        self._said: str | None = None

    async def run(self) -> None:
        """Until canceled."""
        while True:
            await self.run_once()
            await self._clock.sleep(CURATE_SECONDS)

    async def run_once(self) -> tuple[int, int]:
        """How many words became tags, and of how many workspaces the related tags were found anew."""
        promoted = refreshed = 0
        try:
            while promoted < MOST and (word := await self._store.promote_due()) is not None:
                promoted += 1
                self._say(f"{word!r} was met often enough and is a tag now")
            while refreshed < MOST and await self._store.refresh_related_tags() is not None:
                refreshed += 1
        except CampaignbaseError as error:
            if (told := f"the vocabulary is not kept up to date: {error}") != self._said:
                self._say(told)
                self._said = told
        return promoted, refreshed
