"""What keeps a vocabulary clean, on a server."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from campaignbase.core.names import check_group
from campaignbase.errors import NotFoundError
from campaignbase.models import Tag, TagGroup
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
from campaignbase.stores.calls import Calls, again


class ServerCuration(Calls):
    """`campaignbase.ports.curation.Curation`."""

    async def category_tree(self, workspace_id: str) -> list[CategoryUse]:
        return read.category_tree(await self._all("category_usage", read.USE, {"workspace_id": workspace_id}))

    async def merge_categories(self, workspace_id: str, source: str, target: str) -> Merge:
        return read.merge(
            await self._again("merge_categories", workspace_id=workspace_id, source=source, target=target)
        )

    async def merge_tags(self, workspace_id: str, source: str, target: str) -> Merge:
        return read.merge(
            await self._again("merge_tags", workspace_id=workspace_id, source=source, target=target)
        )

    async def merge_suggestions(
        self, workspace_id: str, kind: Kind, limit: int = 20
    ) -> list[MergeSuggestion]:
        found = await self._rows("suggest_merges", workspace_id=workspace_id, kind=kind, match_count=limit)
        return [read.merge_suggestion(row) for row in found]

    async def mark_distinct(self, workspace_id: str, kind: Kind, one: str, other: str) -> None:
        await self._again("mark_distinct", workspace_id=workspace_id, kind=kind, one=one, other=other)

    async def refresh_related_tags(self) -> str | None:
        refreshed = await self._again("refresh_related_tags")
        return None if refreshed is None else str(refreshed)

    async def proposals(
        self,
        workspace_id: str,
        state: ProposalState = "open",
        limit: int = 50,
        words: Sequence[str] | None = None,
    ) -> list[Proposal]:
        asked: dict[str, object] = {"workspace_id": workspace_id, "state": state, "match_count": limit}
        found = await self._rows(
            "list_proposals", **asked, **({} if words is None else {"words": list(words)})
        )
        return [read.proposal(row) for row in found]

    async def promote_proposal(self, proposal_id: str) -> str:
        return str(await self._again("promote_proposal", proposal_id=_id(proposal_id)))

    async def refuse_proposal(self, proposal_id: str) -> str:
        return str(await self._again("refuse_proposal", proposal_id=_id(proposal_id)))

    async def promote_after(self, workspace_id: str) -> int | None:
        found = await self._all("workspaces", ("id", "promote_after"), {"id": workspace_id})
        if not found:
            raise NotFoundError(f"no workspace {workspace_id}")
        uses: int | None = found[0]["promote_after"]
        return uses

    async def set_promote_after(self, workspace_id: str, uses: int | None) -> None:
        read.check_uses(uses)
        if not await self._update("workspaces", {"id": workspace_id}, {"promote_after": uses}):
            raise NotFoundError(f"no workspace {workspace_id}, or none of yours to change")

    async def promote_due(self) -> str | None:
        promoted = await self._again("promote_due")
        return None if promoted is None else str(promoted)

    async def tag_groups(self, workspace_id: str) -> list[TagGroup]:
        columns = ("id", "name", "min_tags", "max_tags")
        found = await self._all("tag_groups", columns, {"workspace_id": workspace_id})
        return read.tag_groups(found, await self.tags(workspace_id))

    async def save_tag_group(self, workspace_id: str, group: TagGroup) -> TagGroup:
        check_group(group)
        members = await self._again(
            "save_tag_group",
            workspace_id=workspace_id,
            name=group.name,
            min_tags=group.min_tags,
            max_tags=group.max_tags,
            tags=list(group.tags),
        )
        return TagGroup(group.name, group.min_tags, group.max_tags, tuple(sorted(members)))

    async def remove_tag_group(self, workspace_id: str, name: str) -> None:
        if not await self._again("remove_tag_group", workspace_id=workspace_id, name=name):
            raise NotFoundError(f"no group {name!r}; see: campaignbase tags groups")

    async def group_gaps(self, workspace_id: str, limit: int = 100) -> list[GroupGap]:
        found = await self._all(
            "tag_group_gaps", read.GAP, {"workspace_id": workspace_id}, key="content_asset_id"
        )
        return read.group_gaps(found)[:limit]

    @abstractmethod
    async def tags(self, workspace_id: str) -> list[Tag]: ...

    async def _again(self, function: str, **arguments: Any) -> Any:
        return await again(lambda: self._value(function, **arguments))


def _id(proposal_id: str) -> str:
    try:
        return str(UUID(proposal_id))
    except ValueError:
        raise NotFoundError(f"no proposal {proposal_id}; see: campaignbase tags proposals") from None
