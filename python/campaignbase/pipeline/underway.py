"""Batches under way learn from each other: what people filed in one is learned before the next is decided.

A batch waits only for those that began before it, and only when there may be something to learn.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from campaignbase.pipeline.learn import Learner

GROWTH = 2  # ask again when people filed this many times the rows of the last asking


@dataclass(eq=False)
class Batch:
    heads: dict[str, int]  # heads learned when it began, by workspace
    filed: Counter[str] = field(default_factory=Counter)  # its rows that people filed, by workspace
    known: asyncio.Event = field(default_factory=asyncio.Event)  # `filed` is complete
    written: asyncio.Event = field(default_factory=asyncio.Event)


class Underway:
    """The batches of one labeler, in the order they began."""

    def __init__(self, learner: Learner | None) -> None:
        """`learner`: None when nothing is to be learned meanwhile."""
        self._learner = learner
        self._batches: list[Batch] = []
        self._filed: Counter[str] = Counter()  # written so far, by workspace
        self._asked: Counter[str] = Counter()  # the same, when the learner was asked last
        self._heads: Counter[str] = Counter()
        self._asking = asyncio.Lock()

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        begun = Batch(dict(self._heads))
        self._batches.append(begun)
        try:
            yield begun
            self._filed += begun.filed
        finally:
            self._batches.remove(begun)
            begun.known.set()
            begun.written.set()

    def comes_first(self, filed: Counter[str], undecided: Iterable[str]) -> bool:
        """Shall a batch write what people filed before its other rows are decided?

        Args:
            filed: its rows that people filed, by workspace.
            undecided: workspaces it has other rows of.
        """
        if self._learner is None:
            return False
        return any(filed[key] and self._due(key, self._batches, filed[key]) for key in undecided)

    async def learned(self, batch: Batch, filed: Counter[str], undecided: Mapping[str, str]) -> bool:
        """True when there is a new head since this batch began, so that it has to look again.

        Args:
            filed: its own rows that people filed, by workspace.
            undecided: workspaces it has other rows of, with their embedding model.
        """
        batch.filed = filed
        batch.known.set()
        if self._learner is None:
            return False
        for workspace_id, model in undecided.items():
            earlier = self._batches[: self._batches.index(batch)]
            for other in earlier:
                await other.known.wait()
            if self._due(workspace_id, earlier):
                # nobody waits while he asks: an earlier one may have to ask first
                for other in earlier:
                    if other.filed[workspace_id]:
                        await other.written.wait()
            async with self._asking:  # also to wait for one who asks right now
                if self._due(workspace_id, []):
                    self._asked[workspace_id] = self._filed[workspace_id]
                    self._heads[workspace_id] += await self._learner.learn(workspace_id, model)
        return any(self._heads[key] != batch.heads.get(key, 0) for key in undecided)

    def _due(self, workspace_id: str, earlier: list[Batch], own: int = 0) -> bool:
        filed = own + self._filed[workspace_id] + sum(other.filed[workspace_id] for other in earlier)
        return filed > self._asked[workspace_id] and filed >= GROWTH * self._asked[workspace_id]
