"""Sends the mails of invitations. One not answered for is handed out again: none is lost, some come twice."""

from collections.abc import Callable
from dataclasses import dataclass

from campaignbase.core.invitation_mail import invitation_mail
from campaignbase.errors import ProviderError
from campaignbase.ports import Mailer, Members

BATCH = 1  # a lease is then about one mail, however slow the server is


@dataclass(slots=True)
class MailReport:
    sent: int = 0
    failed: int = 0
    trouble: str | None = None  # what ended the round: for now nothing more can be sent


class Postman:
    def __init__(self, members: Members, mailer: Mailer, *, link: str | None = None) -> None:
        """`link`: of the page that accepts; `{token}` in it is replaced."""
        self._members = members
        self._mailer = mailer
        self._link = link

    async def run_once(self, should_stop: Callable[[], bool] = lambda: False) -> MailReport:
        """Every mail that is due now, until the mail server has trouble: the others are better off later.

        Raises UnreachableError: the database, never the mail server.
        """
        report = MailReport()
        while report.trouble is None and not should_stop():
            claimed = await self._members.claim_invitations(BATCH)
            if not claimed:
                break
            for invitation in claimed:
                error, permanent = None, False
                try:
                    await self._mailer.send(invitation_mail(invitation, self._link))
                except ProviderError as refused:
                    error, permanent = str(refused), not refused.retryable
                    report.trouble = None if permanent else error
                if await self._members.complete_invitation(
                    invitation.id, invitation.attempt, error, permanent=permanent
                ):
                    report.sent += error is None
                    report.failed += error is not None
        return report
