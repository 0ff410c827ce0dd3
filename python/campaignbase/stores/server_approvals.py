"""Approvals on a server."""

from campaignbase.core.changes import found_id
from campaignbase.core.slots import find_zone
from campaignbase.errors import NotFoundError
from campaignbase.models.approvals import Approval, ApprovalChange, WaitingApproval
from campaignbase.stores import approval_rows as read
from campaignbase.stores.calls import Calls
from campaignbase.stores.rows import maybe_time


class ServerApprovals(Calls):
    """`campaignbase.ports.approvals.Approvals`."""

    async def set_approval(self, target_id: str, approval: Approval, note: str | None = None) -> None:
        read.check_approval(approval, note)
        key = found_id("content or post", target_id)
        await self._value(read.SAID[approval], target=key, note=note)

    async def approvals(self, target_id: str) -> list[ApprovalChange]:
        key = found_id("content or post", target_id)
        found = [
            *await self._all("approvals", read.CHANGE, {"content_asset_id": key}),
            *await self._all("approvals", read.CHANGE, {"social_post_id": key}),
        ]
        return sorted(map(read.change, found), key=lambda one: one.created_at, reverse=True)

    async def approval_queue(
        self, workspace_id: str, limit: int = 100, campaign_id: str | None = None
    ) -> list[WaitingApproval]:
        wanted = {"workspace_id": workspace_id}
        if campaign_id is not None:
            wanted["campaign_id"] = campaign_id
        found = await self._all("approval_queue", read.WAITING, wanted)
        # of the views' rows none is without a time but those of another program's making
        found.sort(key=lambda row: (str(maybe_time(row["waiting_since"]) or ""), str(row["id"])))
        return [read.waiting(row) for row in found[:limit]]

    async def set_timezone(self, workspace_id: str, timezone: str) -> None:
        find_zone(timezone)
        if not await self._update("workspaces", {"id": workspace_id}, {"timezone": timezone}):
            raise NotFoundError(f"no workspace with id {workspace_id!r}")
