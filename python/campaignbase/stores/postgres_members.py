"""Members and invitations on Postgres."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import DictRow

from campaignbase.errors import InputError, NotFoundError
from campaignbase.models.members import ClaimedInvitation, Invitation, Member, Role

_INVITATIONS = """
    select id::text as id, email, role, mailed_at, mail_error, expires_at
    from public.list_invitations(%s)
"""


class PostgresMembers:
    """`campaignbase.ports.Members`."""

    if TYPE_CHECKING:

        def _transaction(self) -> AbstractAsyncContextManager[psycopg.AsyncConnection[DictRow]]: ...

        async def _all(self, query: str, values: Any = ()) -> list[DictRow]: ...

        async def _value(self, query: str, values: Any = ()) -> Any: ...

    async def members(self, workspace_id: str) -> list[Member]:
        found = await self._all(
            "select user_id::text as user_id, email, role, created_at from public.list_members(%s)",
            (workspace_id,),
        )
        return [Member(**row) for row in found]

    async def invitations(self, workspace_id: str) -> list[Invitation]:
        return [Invitation(**row) for row in await self._all(_INVITATIONS, (workspace_id,))]

    async def invite(self, workspace_id: str, email: str, role: Role) -> tuple[Invitation, str]:
        try:
            [made] = await self._all(
                "select id::text as id, token from public.invite_member(%s, %s, %s)",
                (workspace_id, email, role),
            )
        except psycopg.Error as error:
            if error.sqlstate != "PT429":
                raise
            raise InputError(f"{error.diag.message_primary}; {error.diag.message_hint}") from error
        [invitation] = [one for one in await self.invitations(workspace_id) if one.id == made["id"]]
        return invitation, str(made["token"])

    async def remove_member(self, workspace_id: str, email: str) -> None:
        address = email.strip().lower()
        for invitation in await self.invitations(workspace_id):
            if invitation.email == address:
                await self._all("select public.revoke_invitation(%s)", (invitation.id,))
                return
        for member in await self.members(workspace_id):
            if (member.email or "").lower() == address:
                await self._value(
                    "with gone as (delete from public.workspace_members"
                    " where workspace_id = %s and user_id = %s returning user_id)"
                    " select count(*) as value from gone",
                    (workspace_id, member.user_id),
                )
                return
        raise NotFoundError(f"nobody with the address {email!r} is in the workspace or invited to it")

    async def claim_invitations(self, batch: int = 10, lease_seconds: int = 300) -> list[ClaimedInvitation]:
        found = await self._all(
            "select id::text as id, attempt, email, role, workspace_name, expires_at, token"
            " from public.claim_invitations(%s, %s)",
            (batch, lease_seconds),
        )
        return [ClaimedInvitation(**row) for row in found]

    async def complete_invitation(self, invitation_id: str, attempt: int, error: str | None) -> bool:
        return bool(
            await self._value(
                "select public.complete_invitation(%s, %s, %s) as value", (invitation_id, attempt, error)
            )
        )
