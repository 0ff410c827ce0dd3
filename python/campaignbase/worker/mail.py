"""Sends the mails of invitations, beside the labeling: looks, sends what is due, waits; longer while the mail
server has trouble."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from campaignbase.errors import UnreachableError
from campaignbase.pipeline.invitations import MailReport, Postman
from campaignbase.ports import Clock
from campaignbase.worker.waiting import canceled

POLL_SECONDS = 10.0
LONGEST_SECONDS = 600.0  # between looks while the mail server has trouble
GRACE_SECONDS = 8.0  # for the mail under way when told to stop


class Mailing:
    """`stop()` may be called at any time; a mail that is then cut off is sent again after its lease."""

    def __init__(self, postman: Postman, clock: Clock) -> None:
        self._postman = postman
        self._clock = clock
        self._stopping = asyncio.Event()
        self._troubles = 0  # rounds in a row
        self.total = MailReport()

    def stop(self) -> None:
        self._stopping.set()

    async def run_once(self) -> MailReport:
        """Every mail that is due now. Raises UnreachableError."""
        await self._round()
        return self.total

    async def run_forever(self, say: Callable[[str], None] | None = None) -> MailReport:
        """Until stop(). `say` is told of a mail server's trouble, once while it stays the same."""
        told = None
        while not self._stopping.is_set():
            with suppress(UnreachableError):  # the labeling tells of it
                await self._round()
            if say is not None and self.total.trouble not in (None, told):
                say(f"{self.total.trouble}")
            told = self.total.trouble
            await self._pause(min(POLL_SECONDS * 2**self._troubles, LONGEST_SECONDS))
        return self.total

    async def _round(self) -> None:
        sending = asyncio.create_task(self._postman.run_once(self._stopping.is_set))
        patience = asyncio.create_task(self._out_of_patience())
        try:
            await asyncio.wait({sending, patience}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                return
            report = sending.result()
        finally:
            await canceled(sending, patience)
        self._troubles = self._troubles + 1 if report.trouble else 0
        self.total = MailReport(
            self.total.sent + report.sent, self.total.failed + report.failed, report.trouble
        )

    async def _out_of_patience(self) -> None:
        await self._stopping.wait()
        await self._clock.sleep(GRACE_SECONDS)

    async def _pause(self, seconds: float) -> None:
        waiting = asyncio.create_task(self._stopping.wait())
        sleeping = asyncio.create_task(self._clock.sleep(seconds))
        await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        await canceled(waiting, sleeping)
