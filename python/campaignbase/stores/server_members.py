"""Members and invitations on a server."""

from campaignbase.models.members import ClaimedInvitation, Invitation, Member, Role
from campaignbase.stores import rows
from campaignbase.stores import server_rows as read
from campaignbase.stores.calls import Calls


class ServerMembers(Calls):
    """`campaignbase.ports.Members`."""

    async def members(self, workspace_id: str) -> list[Member]:
        found = await self._rows("list_members", workspace_id=workspace_id)
        return sorted(map(read.member, found), key=lambda one: (one.created_at, one.user_id))

    async def invitations(self, workspace_id: str | None) -> list[Invitation]:
        found = await self._rows("list_invitations", workspace_id=workspace_id)
        found.sort(key=lambda row: (rows.time(row["created_at"]), str(row["id"])))
        return [read.invitation(row) for row in found]

    async def invite(self, workspace_id: str, email: str, role: Role) -> tuple[Invitation, str]:
        [made] = await self._rows("invite_member", workspace_id=workspace_id, email=email, role=role)
        return read.new_invitation(made, role), str(made["token"])

    async def remove_member(self, workspace_id: str, email: str) -> None:
        await self._value("remove_member", workspace_id=workspace_id, email=email)

    async def claim_invitations(self, batch: int = 10, lease_seconds: int = 300) -> list[ClaimedInvitation]:
        found = await self._rows("claim_invitations", batch=batch, lease_seconds=lease_seconds)
        return [read.claimed_invitation(row) for row in found]

    async def complete_invitation(
        self, invitation_id: str, attempt: int, error: str | None, *, permanent: bool = False
    ) -> bool:
        fence = {"invitation_id": invitation_id, "attempt": attempt}
        return bool(await self._value("complete_invitation", **fence, error=error, permanent=permanent))
