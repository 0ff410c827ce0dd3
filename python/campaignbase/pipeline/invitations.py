"""Sends the mails of invitations. One not answered for is handed out again: none is lost, some come twice."""

from dataclasses import dataclass

from campaignbase.core.invitation_mail import invitation_mail
from campaignbase.errors import ProviderError
from campaignbase.ports import Mailer, Members

BATCH = 10


@dataclass(slots=True)
class MailReport:
    sent: int = 0
    failed: int = 0


class Postman:
    def __init__(self, members: Members, mailer: Mailer, *, link: str | None = None) -> None:
        """`link`: of the page that accepts; `{token}` in it is replaced."""
        self._members = members
        self._mailer = mailer
        self._link = link

    async def run_once(self) -> MailReport:
        """Every mail that is due now. Raises UnreachableError: the database, never the mail server."""
        report = MailReport()
        while claimed := await self._members.claim_invitations(BATCH):
            for invitation in claimed:
                error = None
                try:
                    await self._mailer.send(invitation_mail(invitation, self._link))
                except ProviderError as refused:
                    error = str(refused)
                if await self._members.complete_invitation(invitation.id, invitation.attempt, error):
                    report.sent += error is None
                    report.failed += error is not None
        return report
