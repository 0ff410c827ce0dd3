"""What keeps a vocabulary clean, asked of a store."""

from collections.abc import Sequence
from typing import Protocol

from campaignbase.models import TagGroup
from campaignbase.models.curation import (
    CategoryUse,
    GroupGap,
    Kind,
    Merge,
    MergeSuggestion,
    Proposal,
    ProposalState,
)


class Curation(Protocol):
    async def category_tree(self, workspace_id: str) -> list[CategoryUse]:
        """In the order of the tree: a parent before its children."""
        ...

    async def merge_categories(self, workspace_id: str, source: str, target: str) -> Merge:
        """What is filed under `source` is filed under `target` from now on; nobody's decision changes hands.

        The name stays known as an alias. Merged already: nothing changes.

        Raises NotFoundError; InputError for one with itself, or when the tree would get a third level.
        """
        ...

    async def merge_tags(self, workspace_id: str, source: str, target: str) -> Merge:
        """Content with `source` has `target` from now on; a person's refusal of `target` stands.

        The name stays known as an alias. Merged already: nothing changes.

        Raises NotFoundError; InputError for one with itself, or when a target audience would become a tag of
        another type.
        """
        ...

    async def merge_suggestions(
        self, workspace_id: str, kind: Kind, limit: int = 20
    ) -> list[MergeSuggestion]:
        """Pairs that may be one, alike in meaning or in use, the likest first; `limit` clamped to 1..100."""
        ...

    async def mark_distinct(self, workspace_id: str, kind: Kind, one: str, other: str) -> None:
        """Their merge is not suggested again. Raises NotFoundError unless these are two labels."""
        ...

    async def refresh_related_tags(self) -> str | None:
        """Find out anew which tags belong together, in one workspace; its name, None: none has changed."""
        ...

    async def proposals(
        self,
        workspace_id: str,
        state: ProposalState = "open",
        limit: int = 50,
        words: Sequence[str] | None = None,
    ) -> list[Proposal]:
        """Words that are no labels, the most met first; `limit` clamped to 1..200.

        Args:
            words: these alone, in whatever spelling; None: all.
        """
        ...

    async def promote_proposal(self, proposal_id: str) -> str:
        """Make it a label; its name. Content in which it was met is labeled again. Raises NotFoundError."""
        ...

    async def refuse_proposal(self, proposal_id: str) -> str:
        """It is not proposed again; the word. Raises NotFoundError."""
        ...

    async def promote_after(self, workspace_id: str) -> int | None:
        """Uses after which a proposed tag becomes one by itself; None: never. Raises NotFoundError."""
        ...

    async def set_promote_after(self, workspace_id: str, uses: int | None) -> None: ...

    async def promote_due(self) -> str | None:
        """Make one word a tag that was met often enough for its workspace; None: there is none."""
        ...

    async def tag_groups(self, workspace_id: str) -> list[TagGroup]:
        """By name, with their tags."""
        ...

    async def save_tag_group(self, workspace_id: str, group: TagGroup) -> TagGroup:
        """Make or change it; exactly these tags, in any spelling, belong to it from now on.

        Raises NotFoundError for a word that is no tag, InputError for bounds that cannot be.
        """
        ...

    async def remove_tag_group(self, workspace_id: str, name: str) -> None:
        """Its tags stay. Raises NotFoundError."""
        ...

    async def group_gaps(self, workspace_id: str, limit: int = 100) -> list[GroupGap]:
        """Content with fewer or more tags of a group than that asks for."""
        ...
