"""Mails to a server on loopback that speaks SMTP: what arrives, and what each failure says."""

import asyncio
import re
import threading
from pathlib import Path

import pytest
from tests.support import tls
from tests.support.fake_smtp import CUT, HANG, FakeSmtp, closed_port, fake_smtp

from campaignbase.errors import InputError, ProviderError
from campaignbase.models.members import Mail
from campaignbase.providers.smtp import SmtpMailer, SmtpServer

SENDER = "Fernway <hello@fernway.example>"
TEXT = 'You are invited to "Fernw\u00e4y".\n\n.A line that begins with a dot\n' + "x" * 300 + "\n"
MAIL = Mail("bo@example.com", "Invitation", TEXT)


@pytest.fixture
def certificates(tmp_path: Path) -> tls.Certificates:
    return tls.make(tmp_path, "localhost")


def mailer(smtp: FakeSmtp, *, timeout: float = 5, user: str = "") -> SmtpMailer:
    return SmtpMailer(f"smtp://{user}127.0.0.1:{smtp.port}", SENDER, timeout=timeout)


async def refusal(mailer: SmtpMailer, mail: Mail = MAIL) -> tuple[str, bool]:
    with pytest.raises(ProviderError) as refused:
        await mailer.send(mail)
    return re.sub(r"127\.0\.0\.1:\d+|localhost:\d+", "HERE", str(refused.value)), refused.value.retryable


async def test_a_mail_arrives_as_it_was_written() -> None:
    with fake_smtp() as smtp:
        await mailer(smtp).send(MAIL)
    [received] = smtp.received
    assert (received.sender, received.to, received.text) == (
        "hello@fernway.example",
        ["bo@example.com"],
        TEXT,
    )
    headers = {name: str(received.message[name]) for name in ("From", "To", "Subject", "Auto-Submitted")}
    assert headers == {
        "From": SENDER, "To": "bo@example.com", "Subject": "Invitation", "Auto-Submitted": "auto-generated",
    }  # fmt: skip
    assert received.message["Message-ID"].endswith("@fernway.example>")
    assert received.message["Date"] is not None
    assert smtp.commands[-1] == "quit"


async def test_no_subject_makes_a_header_of_its_own() -> None:
    subject = 'Invitation to "Acme\r\nBcc: all@example.com\x00\u2028 z\u00e9ro"'
    with fake_smtp() as smtp:
        await mailer(smtp).send(Mail("bo@example.com", subject, "x"))
    [received] = smtp.received
    assert received.message["Subject"] == 'Invitation to "Acme Bcc: all@example.com z\u00e9ro"'
    assert received.message["Bcc"] is None
    assert received.to == ["bo@example.com"]


@pytest.mark.parametrize(
    "to",
    [
        "bo@example.com\r\nRCPT TO:<all@example.com>",
        "bo@example.com\r\nBcc: all@example.com",
        "bo@example.com\x00",
        "bo@example.com, all@example.com",
        "<bo@example.com>",
        "Bo <bo@example.com>",
        "bo(x)@example.com",  # a comment: parsers read bo@example.com
        "bo@example..com",
        "bo",
        "@example.com",
        "bo@",
        "",
        "bo..x@example.com",
        "b\u00f6@example.com",
    ],
)
async def test_only_one_address_is_an_address(to: str) -> None:
    with fake_smtp() as smtp:
        words, retryable = await refusal(mailer(smtp), Mail(to, "x", "x"))
        assert (words, retryable) == (f"{to!r} is not an address that mail can be sent to", False)
        assert smtp.connections == 0


HUNG_UP = "mail server HERE hung up; the mail is tried again"


@pytest.mark.parametrize(
    ("step", "answer", "words", "retryable"),
    [
        ("greeting", "421 too busy", "mail server HERE refuses: 421 too busy", True),
        ("greeting", "554 go away", "mail server HERE refuses: 554 go away", True),
        ("greeting", CUT, HUNG_UP, True),
        ("EHLO", CUT, HUNG_UP, True),
        (
            "MAIL", "550 not yours",
            (
                "mail server HERE refuses the sender hello@fernway.example: 550 not yours;"
                " set CAMPAIGNBASE_MAIL_FROM to an address it sends for"
            ),
            True,
        ),
        ("MAIL", CUT, HUNG_UP, True),
        ("RCPT", "450 later", "mail server HERE refuses bo@example.com: 450 later", True),
        ("RCPT", "550 nobody", "mail server HERE refuses bo@example.com: 550 nobody", False),
        ("RCPT", "554 5.7.1 no relay", "mail server HERE refuses bo@example.com: 554 5.7.1 no relay", True),
        ("RCPT", "530 sign in", "mail server HERE refuses bo@example.com: 530 sign in", True),
        ("RCPT", "550 a\x1bb\u2028c", "mail server HERE refuses bo@example.com: 550 a b c", False),
        ("DATA", "451 later", "mail server HERE refuses the mail to bo@example.com: 451 later", True),
        ("END", "452 full", "mail server HERE refuses the mail to bo@example.com: 452 full", True),
        ("END", "552 too big", "mail server HERE refuses the mail to bo@example.com: 552 too big", False),
        ("END", CUT, HUNG_UP, True),
    ],
)  # fmt: skip
async def test_each_refusal_says_who_and_why_and_whether_to_try_again(
    step: str, answer: str, words: str, retryable: bool
) -> None:
    with fake_smtp(answers={step: answer}) as smtp:
        assert await refusal(mailer(smtp)) == (words, retryable)
        assert smtp.received == []
        del smtp.answers[step]
        await mailer(smtp).send(MAIL)
        assert len(smtp.received) == 1


async def test_what_was_taken_is_sent_whatever_comes_after() -> None:
    with fake_smtp(answers={"QUIT": CUT}) as smtp:
        await mailer(smtp).send(MAIL)
        assert len(smtp.received) == 1


async def test_nobody_there() -> None:
    port = closed_port()
    words, retryable = await refusal(SmtpMailer(f"smtp://127.0.0.1:{port}", SENDER))
    assert words == (
        "cannot reach mail server HERE: Connection refused; check host and port in CAMPAIGNBASE_SMTP_URL"
    )
    assert retryable


@pytest.mark.parametrize("step", ["greeting", "RCPT", "END"])
async def test_a_silent_server_is_given_up(step: str) -> None:
    with fake_smtp(answers={step: HANG}) as smtp:
        words, retryable = await refusal(mailer(smtp, timeout=0.2))
    assert ("in time" in words, retryable) == (True, True)


async def test_a_silent_server_holds_nobody_up_who_stops_asking() -> None:
    with fake_smtp(answers={"RCPT": HANG}) as smtp:
        sending = asyncio.create_task(mailer(smtp, timeout=30).send(MAIL))
        assert await asyncio.to_thread(smtp.hanging.wait, 10)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert all(thread.daemon for thread in threading.enumerate() if thread.name == "smtp")


# encryption and signing in


async def test_starttls_and_signing_in(certificates: tls.Certificates) -> None:
    with fake_smtp(tls=certificates.server(), users={"ada@fernway.example": "p:w/d"}) as smtp:
        url = f"smtp://ada%40fernway.example:p%3Aw%2Fd@localhost:{smtp.port}"
        await SmtpMailer(url, SENDER, tls=certificates.client()).send(MAIL)
        [received] = smtp.received
        assert (received.encrypted, received.user) == (True, "ada@fernway.example")
        wrong = SmtpMailer(url.replace("p%3A", "q"), SENDER, tls=certificates.client())
        words, _ = await refusal(wrong)
        assert words == (
            "mail server HERE refuses user 'ada@fernway.example': 535 5.7.8 wrong user or password;"
            " check user and password in CAMPAIGNBASE_SMTP_URL"
        )
        with pytest.raises(ProviderError, match="refuses user"):
            await wrong.check()
        assert len(smtp.received) == 1


async def test_tls_from_the_first_byte(certificates: tls.Certificates) -> None:
    with fake_smtp(tls=certificates.server(), from_start=True) as smtp:
        trusted = SmtpMailer(f"smtps://localhost:{smtp.port}", SENDER, tls=certificates.client())
        await trusted.check()
        await trusted.send(MAIL)
        assert [received.encrypted for received in smtp.received] == [True]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificates: tls.Certificates, scheme: str
) -> None:
    with fake_smtp(tls=certificates.server(), from_start=scheme == "smtps") as smtp:
        words, _ = await refusal(SmtpMailer(f"{scheme}://localhost:{smtp.port}", SENDER))
        assert words.startswith("no TLS with mail server HERE: ")
        assert "certificate" in words
        assert smtp.received == []


async def test_without_encryption_only_where_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaignbase.providers.smtp._LOOPBACK", ())
    with fake_smtp() as smtp:
        words, _ = await refusal(mailer(smtp))
        assert words == (
            "mail server HERE offers no encryption (STARTTLS); use the port that does, or smtps://, or add"
            " ?tls=none to CAMPAIGNBASE_SMTP_URL"
        )
        assert not any(command.startswith("mail") for command in smtp.commands)
        await SmtpMailer(f"smtp://127.0.0.1:{smtp.port}?tls=none", SENDER).send(MAIL)
        assert len(smtp.received) == 1


async def test_a_server_without_sign_in_says_so() -> None:
    with fake_smtp() as smtp:
        words, _ = await refusal(mailer(smtp, user="me:secret@"))
        assert words.startswith("mail server HERE takes no sign-in that is known here")
        assert "secret" not in words


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 587, "starttls")),
        ("smtps://mail.example.com", SmtpServer("mail.example.com", 465, "tls")),
        ("smtp://a:b@mail.example.com:2525/", SmtpServer("mail.example.com", 2525, "starttls", "a", "b")),
        ("smtp://a%40b:%2F@h:25", SmtpServer("h", 25, "starttls", "a@b", "/")),
        ("smtp://h:25?tls=none", SmtpServer("h", 25, "none")),
        ("smtp://localhost:1025", SmtpServer("localhost", 1025, "offered")),
        ("smtp://[::1]:25", SmtpServer("::1", 25, "offered")),
    ],
)
def test_urls(url: str, server: SmtpServer) -> None:
    assert SmtpServer.parse(url) == server


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example.com", "is not the URL of a mail server"),
        ("https://mail.example.com", "is not the URL of a mail server"),
        ("smtp://", "is not the URL of a mail server"),
        ("smtp://h/path", "is not the URL of a mail server"),
        ("smtp://h:port", "is not a URL"),
        ("smtp://h:99999", "is not a URL"),
        ("smtp://secret@h", "names no password"),
        ("smtp://:secret@h", "names no user"),
        ("smtp://a:secret%0d%0a@h", "holds control characters"),
        ("smtp://a:secret@h?tls=none", "would send the password in the clear"),
        ("smtps://h?tls=none", "the only option"),
        ("smtp://h?timeout=1", "the only option"),
    ],
)
def test_other_urls_are_refused_without_telling_the_password(url: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)) as refused:
        SmtpServer.parse(url)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("sender", ["", "x", "a@b\r\nBcc: c@d.e", "a@b, c@d", "Name <>", "a b@c.d"])
def test_a_sender_is_one_address(sender: str) -> None:
    with pytest.raises(InputError, match="CAMPAIGNBASE_MAIL_FROM"):
        SmtpMailer("smtp://h", sender)


def test_the_password_is_not_shown() -> None:
    assert "secret" not in repr(SmtpServer.parse("smtp://a:secret@h"))
