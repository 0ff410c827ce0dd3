"""Removes files whose content is gone, now and then: deleting a row leaves its file where it is.

What it says is told once: files that cannot be removed wait, and nothing else waits for them.
"""

from collections.abc import Callable

from campaignbase.errors import CampaignbaseError
from campaignbase.pipeline.media import remove_orphans
from campaignbase.ports import Clock, MediaStore, Store

CLEAN_SECONDS = 600.0


class Cleaner:
    def __init__(
        self, store: Store, media: MediaStore | None, clock: Clock, say: Callable[[str], None]
    ) -> None:
        """`media`: None where files cannot be reached; that there are any to remove is then said."""
        self._store = store
        self._media = media
        self._clock = clock
        self._say = say
        self._said: str | None = None

    async def run(self) -> None:
        """Until canceled."""
        while True:
            await self.run_once()
            await self._clock.sleep(CLEAN_SECONDS)

    async def run_once(self) -> int:
        """How many files were removed."""
        try:
            if self._media is not None:
                return await remove_orphans(self._store, self._media)
            if await self._store.orphaned_media(limit=1):
                self._tell(
                    "files of deleted content are not removed: no storage is configured;"
                    " set SUPABASE_URL and SUPABASE_SECRET_KEY"
                )
        except CampaignbaseError as error:
            self._tell(f"files of deleted content are not removed: {error}")
        return 0

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._say(text)
        self._said = text
