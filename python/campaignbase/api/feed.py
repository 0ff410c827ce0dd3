"""Rows of a workspace as they are labeled, each told at least once."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from campaignbase.models import ContentAsset
from campaignbase.models.library import Change
from campaignbase.ports import Store

PAGE = 500  # changes asked for at once
AT_ONCE = 100  # rows
KNOWN = 20_000  # rows remembered; of others an unimportant change may be told
NOBODY = "00000000-0000-0000-0000-000000000000"
BEGINNING = Change(datetime(1970, 1, 1, tzinfo=UTC), NOBODY)

State = tuple[object, ...]


class Feed:
    def __init__(self, store: Store, workspace_id: str, overlap: float) -> None:
        """`overlap`: seconds; a row that shows later than it was written shows within them."""
        self._store = store
        self._overlap = timedelta(seconds=overlap)
        self._workspace = workspace_id
        self._known: OrderedDict[str, tuple[datetime, State | None]] = OrderedDict()
        self._looked = BEGINNING  # all before it was seen, but for what shows late

    async def start(self, after: Change | None) -> Change:
        """From the change after that one on; None: from now on. Where it stands."""
        if after is not None:
            self._looked = after
            return after
        newest = await self._store.content_changes(self._workspace, None)
        self._looked = newest[0] if newest else BEGINNING
        async for changes in self._changes():
            for one in changes:
                self._remember(one.id, one.updated_at, None)
        # rows of the newest moment are looked at again, for more may happen in it; they are no news yet
        last = [key for key, (at, _) in self._known.items() if at == self._looked.updated_at]
        for start in range(0, len(last), AT_ONCE):
            for row in await self._store.contents(last[start : start + AT_ONCE]):
                if row.updated_at == self._looked.updated_at:
                    self._remember(row.id, row.updated_at, _state(row))
        return self._looked

    async def look(self) -> AsyncIterator[ContentAsset]:
        """Labeled rows among those that changed since the last look."""
        async for changes in self._changes():
            newest = changes[-1].updated_at  # more may come of that very moment
            news = [
                one.id
                for one in changes
                if one.updated_at == newest or self._known.get(one.id, (None,))[0] != one.updated_at
            ]
            async for row in self.read(news):
                yield row

    async def read(self, ids: Sequence[str]) -> AsyncIterator[ContentAsset]:
        """Labeled rows among these."""
        for start in range(0, len(ids), AT_ONCE):
            rows = await self._store.contents(ids[start : start + AT_ONCE])
            for row in sorted(rows, key=lambda row: (row.updated_at, row.id)):
                before = self._known.get(row.id)
                state = _state(row)
                self._remember(row.id, row.updated_at, state)
                told = before is not None and before[1] == state
                if row.label_state != "queued" and row.workspace_id == self._workspace and not told:
                    yield row

    async def _changes(self) -> AsyncIterator[list[Change]]:
        after = Change(self._looked.updated_at - self._overlap, NOBODY)
        while True:
            found = await self._store.content_changes(self._workspace, after, PAGE)
            if found:
                yield found
                after = found[-1]
            if len(found) < PAGE:
                break
        self._looked = max(self._looked, after, key=lambda one: (one.updated_at, one.id))

    def _remember(self, key: str, at: datetime, state: State | None) -> None:
        self._known[key] = (at, state)
        self._known.move_to_end(key)
        while len(self._known) > KNOWN:
            self._known.popitem(last=False)


def _state(row: ContentAsset) -> State:
    return row.label_state, row.primary_category, row.tags, row.sentiment, row.target_audience
