"""The check of the mail server that invitations go through."""

from datetime import UTC, datetime

from campaignbase.cli import output
from campaignbase.cli.check import Check, failed
from campaignbase.errors import CampaignbaseError, ProviderError
from campaignbase.ports import Members
from campaignbase.settings import Settings


async def run(members: Members, loaded: Settings) -> Check:
    from campaignbase import wiring

    now = datetime.now(UTC)
    open_ones = [one for one in await members.invitations(None) if one.expires_at > now]
    waiting = [one for one in open_ones if one.mailed_at is None]
    waits = f"{output.plural(len(waiting), 'invitation')} to be mailed"
    error = next((one.mail_error for one in waiting if one.mail_error), None)
    if error:
        waits += f"; last error: {output.short(error, 100)}"
    try:
        mailer = wiring.mailer(loaded)
        loaded.invite_link()
    except CampaignbaseError as wrong:
        return failed("mail", wrong, "see .env.example for the form")
    if mailer is None:
        fix = (
            "set CAMPAIGNBASE_SMTP_URL and CAMPAIGNBASE_MAIL_FROM, or hand over what workspace invite prints"
        )
        return Check("mail", "warn" if waiting else "ok", f"no mail server is set; {waits}", fix)
    try:
        await mailer.check()
    except ProviderError as wrong:
        return failed("mail", wrong, "correct CAMPAIGNBASE_SMTP_URL, or wait until the mail server answers")
    return Check("mail", "ok", f"{mailer.server} takes mails from {mailer.sender.addr_spec}; {waits}")
