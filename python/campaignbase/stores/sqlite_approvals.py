"""Approvals in a SQLite file; what holds for every program is in the triggers of sql/sqlite/twins."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from campaignbase.core.changes import found_id, not_found
from campaignbase.core.slots import find_zone
from campaignbase.errors import NotFoundError
from campaignbase.models.approvals import Approval, ApprovalChange, WaitingApproval
from campaignbase.stores import approval_rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_file import SqliteFile
from campaignbase.stores.sqlite_rows import decode


class SqliteApprovals(SqliteFile):
    """`campaignbase.ports.approvals.Approvals`."""

    async def set_approval(self, target_id: str, approval: Approval, note: str | None = None) -> None:
        await self._run(set_approval, target_id, approval, note)

    async def approvals(self, target_id: str) -> list[ApprovalChange]:
        return await self._run(approvals, target_id)

    async def approval_queue(
        self, workspace_id: str, limit: int = 100, campaign_id: str | None = None
    ) -> list[WaitingApproval]:
        return await self._run(approval_queue, workspace_id, limit, campaign_id)

    async def set_timezone(self, workspace_id: str, timezone: str) -> None:
        await self._run(set_timezone, workspace_id, timezone)


def set_approval(db: Database, target_id: str, approval: Approval, note: str | None) -> None:
    read.check_approval(approval, note)
    key = found_id("content or post", target_id)
    with db.write():
        tables = [
            table
            for table in ("content_assets", "social_posts")
            if db.value(f"select 1 from {table} where id = ?", (key,))
        ]
        if not tables:
            raise not_found("content or post", target_id)
        db.run(
            f"update {tables[0]} set approval = ?, approval_rule = null, approval_note = ?"
            " where id = ? and (approval <> ? or approval_rule is not null)",
            (approval, note, key, approval),
        )


def approvals(db: Database, target_id: str) -> list[ApprovalChange]:
    key = found_id("content or post", target_id)
    found = db.all(
        f"select {', '.join(read.CHANGE)} from approvals where content_asset_id = ? or social_post_id = ?"
        " order by created_at desc, rowid desc",
        (key, key),
    )
    return [read.change(decode(row)) for row in found]


def approval_queue(
    db: Database, workspace_id: str, limit: int, campaign_id: str | None
) -> list[WaitingApproval]:
    found = db.all(
        f"select {', '.join(read.WAITING)} from approval_queue where workspace_id = :workspace"
        " and (:campaign is null or campaign_id = :campaign) order by waiting_since, id limit :limit",
        {"workspace": workspace_id, "campaign": campaign_id, "limit": limit},
    )
    return [read.waiting(decode(row)) for row in found]


def set_timezone(db: Database, workspace_id: str, timezone: str) -> None:
    find_zone(timezone)
    with db.write():
        if not db.run("update workspaces set timezone = ? where id = ?", (timezone, workspace_id)):
            raise NotFoundError(f"no workspace with id {workspace_id!r}")
