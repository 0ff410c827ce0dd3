"""What keeps a vocabulary clean, on SQLite."""

from collections.abc import Sequence

from campaignbase.errors import NotFoundError
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
from campaignbase.stores import curation_rows as read
from campaignbase.stores import sqlite_groups, sqlite_merge, sqlite_proposals, sqlite_related
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_file import SqliteFile


class SqliteCuration(SqliteFile):
    """`campaignbase.ports.curation.Curation`."""

    async def category_tree(self, workspace_id: str) -> list[CategoryUse]:
        return await self._run(category_tree, workspace_id)

    async def merge_categories(self, workspace_id: str, source: str, target: str) -> Merge:
        return await self._run(sqlite_merge.merge_categories, workspace_id, source, target)

    async def merge_tags(self, workspace_id: str, source: str, target: str) -> Merge:
        return await self._run(sqlite_merge.merge_tags, workspace_id, source, target)

    async def merge_suggestions(
        self, workspace_id: str, kind: Kind, limit: int = 20
    ) -> list[MergeSuggestion]:
        return await self._run(sqlite_related.merge_suggestions, workspace_id, kind, limit)

    async def mark_distinct(self, workspace_id: str, kind: Kind, one: str, other: str) -> None:
        await self._run(sqlite_related.mark_distinct, workspace_id, kind, one, other)

    async def refresh_related_tags(self) -> str | None:
        return await self._run(sqlite_related.refresh_related_tags)

    async def proposals(
        self,
        workspace_id: str,
        state: ProposalState = "open",
        limit: int = 50,
        words: Sequence[str] | None = None,
    ) -> list[Proposal]:
        return await self._run(sqlite_proposals.proposals, workspace_id, state, limit, words)

    async def promote_proposal(self, proposal_id: str) -> str:
        return await self._run(sqlite_proposals.promote_proposal, proposal_id)

    async def refuse_proposal(self, proposal_id: str) -> str:
        return await self._run(sqlite_proposals.refuse_proposal, proposal_id)

    async def promote_after(self, workspace_id: str) -> int | None:
        return await self._run(promote_after, workspace_id)

    async def set_promote_after(self, workspace_id: str, uses: int | None) -> None:
        await self._run(set_promote_after, workspace_id, uses)

    async def promote_due(self) -> str | None:
        return await self._run(sqlite_proposals.promote_due)

    async def tag_groups(self, workspace_id: str) -> list[TagGroup]:
        return await self._run(sqlite_groups.tag_groups, workspace_id)

    async def save_tag_group(self, workspace_id: str, group: TagGroup) -> TagGroup:
        return await self._run(sqlite_groups.save_tag_group, workspace_id, group)

    async def remove_tag_group(self, workspace_id: str, name: str) -> None:
        await self._run(sqlite_groups.remove_tag_group, workspace_id, name)

    async def group_gaps(self, workspace_id: str, limit: int = 100) -> list[GroupGap]:
        return await self._run(sqlite_groups.group_gaps, workspace_id, limit)


def category_tree(db: Database, workspace_id: str) -> list[CategoryUse]:
    return read.category_tree(
        map(dict, db.all("select * from category_usage where workspace_id = ?", (workspace_id,)))
    )


def promote_after(db: Database, workspace_id: str) -> int | None:
    found = db.one("select promote_after from workspaces where id = ?", (workspace_id,))
    if found is None:
        raise NotFoundError(f"no workspace {workspace_id}")
    uses: int | None = found["promote_after"]
    return uses


def set_promote_after(db: Database, workspace_id: str, uses: int | None) -> None:
    read.check_uses(uses)
    with db.write():
        if not db.run("update workspaces set promote_after = ? where id = ?", (uses, workspace_id)):
            raise NotFoundError(f"no workspace {workspace_id}")
