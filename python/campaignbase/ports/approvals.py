"""Who may be published: approvals of content and posts."""

from typing import Protocol

from campaignbase.models.approvals import Approval, ApprovalChange, WaitingApproval


class Approvals(Protocol):
    """Part of every store. Raises everywhere: UnreachableError when the database does not answer."""

    async def set_approval(self, target_id: str, approval: Approval, note: str | None = None) -> None:
        """As a person, of content or a post; no rule takes it back. Content that is approved is looked at
        again by the rules that schedule.

        Raises NotFoundError, InputError: nobody says `none`, or the note is too long.
        """
        ...

    async def approvals(self, target_id: str) -> list[ApprovalChange]:
        """Newest first; [] also where nothing has that id."""
        ...

    async def approval_queue(
        self, workspace_id: str, limit: int = 100, campaign_id: str | None = None
    ) -> list[WaitingApproval]:
        """What waits for a person, of all or of a campaign, longest first."""
        ...

    async def set_timezone(self, workspace_id: str, timezone: str) -> None:
        """The workspace's, an IANA name; posts that are scheduled stay. Raises InputError, NotFoundError."""
        ...
