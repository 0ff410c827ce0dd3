"""The loop that mails invitations: once each, the fence, a mail server in trouble, stopping."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.fake_smtp import CUT, HANG, FakeSmtp, fake_smtp
from tests.support.virtual_clock import VirtualClock

from campaignbase.errors import UnreachableError
from campaignbase.models.members import ClaimedInvitation, Invitation, Member, Role
from campaignbase.pipeline.invitations import MailReport, Postman
from campaignbase.providers.smtp import SmtpMailer
from campaignbase.testing import FakeClock
from campaignbase.wiring import SystemClock
from campaignbase.worker.mail import Mailing


class FakeMembers:
    """Hands out what `waiting` holds, one attempt further each time; answers must name the latest attempt."""

    def __init__(self, *emails: str) -> None:
        self.waiting = [
            ClaimedInvitation(
                email, 0, email, "viewer", "Acme", datetime(2100, 1, 1, tzinfo=UTC), f"token-{email}"
            )
            for email in emails
        ]
        self.attempts = dict.fromkeys(emails, 0)
        self.answers: list[tuple[str, str | None, bool, bool]] = []  # address, error, permanent, accepted
        self.claims = 0
        self.reachable = True
        self.answered = asyncio.Event()

    async def claim_invitations(self, batch: int = 10, lease_seconds: int = 300) -> list[ClaimedInvitation]:
        self.claims += 1
        if not self.reachable:
            raise UnreachableError("the database is away")
        taken, self.waiting = self.waiting[:batch], self.waiting[batch:]
        for one in taken:
            self.attempts[one.id] += 1
        return [replace(one, attempt=self.attempts[one.id]) for one in taken]

    async def complete_invitation(
        self, invitation_id: str, attempt: int, error: str | None, *, permanent: bool = False
    ) -> bool:
        accepted = attempt == self.attempts[invitation_id]
        self.answers.append((invitation_id, error, permanent, accepted))
        self.answered.set()
        return accepted

    async def members(self, workspace_id: str) -> list[Member]:
        raise NotImplementedError

    async def invitations(self, workspace_id: str | None) -> list[Invitation]:
        raise NotImplementedError

    async def invite(self, workspace_id: str, email: str, role: Role) -> tuple[Invitation, str]:
        raise NotImplementedError

    async def remove_member(self, workspace_id: str, email: str) -> None:
        raise NotImplementedError


def mailing(members: FakeMembers, smtp: FakeSmtp, clock: object = None) -> Mailing:
    mailer = SmtpMailer(f"smtp://127.0.0.1:{smtp.port}", "a@fernway.example", timeout=5)
    link = "https://app.example.com/join?token={token}"
    return Mailing(Postman(members, mailer, link=link), clock or FakeClock())  # type: ignore[arg-type]


async def test_each_mail_is_sent_once() -> None:
    members = FakeMembers("a@example.com", "b@example.com", "c@example.com")
    with fake_smtp() as smtp:
        one, two = mailing(members, smtp), mailing(members, smtp)
        reports = await asyncio.gather(one.run_once(), two.run_once())
        assert sum(report.sent for report in reports) == 3
        assert await one.run_once() == one.total
        assert sorted(received.to[0] for received in smtp.received) == [
            "a@example.com", "b@example.com", "c@example.com",
        ]  # fmt: skip
        assert all(f"/join?token=token-{received.to[0]}\n" in received.text for received in smtp.received)
    assert [answer[1:] for answer in members.answers] == [(None, False, True)] * 3


@pytest.mark.parametrize("answer", ["451 later", CUT])
async def test_a_server_in_trouble_ends_the_round_and_leaves_the_others_alone(answer: str) -> None:
    members = FakeMembers("a@example.com", "b@example.com")
    with fake_smtp(answers={"RCPT": answer}) as smtp:
        report = await mailing(members, smtp).run_once()
    assert (report.sent, report.failed, smtp.connections) == (0, 1, 1)
    assert report.trouble is not None
    [(address, error, permanent, _)] = members.answers
    assert (address, error, permanent) == ("a@example.com", report.trouble, False)
    assert [one.email for one in members.waiting] == ["b@example.com"]


async def test_an_address_refused_for_good_stops_nobody_else() -> None:
    members = FakeMembers("a@example.com", "b@example.com")
    with fake_smtp(answers={"RCPT": "550 nobody"}) as smtp:
        report = await mailing(members, smtp).run_once()
    assert (report, [answer[2] for answer in members.answers]) == (MailReport(failed=2), [True, True])


async def test_an_answer_after_the_lease_counts_for_nothing() -> None:
    members = FakeMembers("a@example.com")
    with fake_smtp() as smtp:
        postman = mailing(members, smtp)
        send = smtp.received.append

        def lose(received: object) -> None:
            send(received)  # type: ignore[arg-type]
            members.attempts["a@example.com"] += 1  # another worker has it now

        smtp.received = type("Losing", (list,), {"append": lambda _, received: lose(received)})()
        assert await postman.run_once() == MailReport()
    assert [answer[3] for answer in members.answers] == [False]


async def test_looks_grow_rarer_while_the_server_has_trouble_and_it_is_told_once() -> None:
    clock, said = FakeClock(), list[str]()
    members = FakeMembers(*(f"{number}@example.com" for number in range(40)))
    with fake_smtp(answers={"greeting": "421 busy"}) as smtp:
        worker = mailing(members, smtp, clock)
        running = asyncio.create_task(worker.run_forever(said.append))
        while len(members.answers) < 9:
            members.answered.clear()
            await asyncio.wait_for(members.answered.wait(), 10)
        worker.stop()
        await running
    assert clock.slept[:8] == [20, 40, 80, 160, 320, 600, 600, 600]
    assert said == [f"mail server 127.0.0.1:{smtp.port} refuses: 421 busy"]


async def test_a_database_that_is_away_is_asked_again() -> None:
    members = FakeMembers("a@example.com")
    members.reachable = False
    clock = VirtualClock()
    with fake_smtp() as smtp:
        worker = mailing(members, smtp, clock)
        running = asyncio.create_task(worker.run_forever())
        await clock.advance(15)
        assert members.claims == 2
        members.reachable = True
        await clock.advance(10)
        await asyncio.wait_for(members.answered.wait(), 10)
        worker.stop()
        assert (await running).sent == 1


async def test_a_server_that_hangs_does_not_hold_up_the_end() -> None:
    members = FakeMembers("a@example.com")
    with fake_smtp(answers={"RCPT": HANG}) as smtp:
        worker = mailing(members, smtp)  # a clock whose grace is over at once
        running = asyncio.create_task(worker.run_forever())
        assert await asyncio.to_thread(smtp.hanging.wait, 10)
        worker.stop()
        assert (await running).sent == 0
    assert members.answers == []  # its lease ends, and another tries


async def test_what_is_under_way_when_stopped_is_finished() -> None:
    members = FakeMembers("a@example.com", "b@example.com")
    with fake_smtp() as smtp:
        worker = mailing(members, smtp, SystemClock())
        members_complete = members.complete_invitation

        async def complete(*answer: object, **more: object) -> bool:
            worker.stop()
            return await members_complete(*answer, **more)  # type: ignore[arg-type]

        members.complete_invitation = complete  # type: ignore[method-assign,assignment]
        assert (await worker.run_forever()).sent == 1
    assert [one.email for one in members.waiting] == ["b@example.com"]
