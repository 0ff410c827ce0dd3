"""Mails by SMTP: one connection a mail, encrypted unless told otherwise; each refusal says what to do."""

import asyncio
import smtplib
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, getaddresses, make_msgid, parseaddr
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

from campaignbase.errors import InputError, ProviderError
from campaignbase.models.members import Mail

URL_NAME = "CAMPAIGNBASE_SMTP_URL"
FROM_NAME = "CAMPAIGNBASE_MAIL_FROM"
EXPECTED = "expected smtp://user:password@host:587, or smtps:// for TLS from the first byte"
TIMEOUT_SECONDS = 20.0  # for each answer of the server
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NOT_SIGNED_IN = (530, 534, 535, 538)

Encryption = Literal["tls", "starttls", "offered", "none"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """`offered`: STARTTLS where the server has it, which is enough on loopback alone."""

    host: str
    port: int
    encryption: Encryption
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "SmtpServer":
        """Of `smtp[s]://[user:password@]host[:port][?tls=none]`.

        Raises:
            InputError: it is none; the message holds no password.
        """
        try:
            parts = urlsplit(url.strip())
            scheme, host, port = parts.scheme, parts.hostname, parts.port
        except ValueError:
            raise InputError(
                f"{URL_NAME} is not a URL; {EXPECTED}, with %40 for an @ in user or password"
            ) from None
        if scheme not in _PORTS or not host or parts.path not in ("", "/") or parts.fragment:
            raise InputError(f"{URL_NAME} is not the URL of a mail server; {EXPECTED}")
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        if (user is None) is not (password is None):
            raise InputError(
                f"{URL_NAME} names {'no password' if password is None else 'no user'}; {EXPECTED}"
            )
        if any(_has_control(part) for part in (host, user, password) if part):
            raise InputError(f"{URL_NAME} holds control characters; {EXPECTED}")
        encryption: Encryption = (
            "tls" if scheme == "smtps" else "offered" if host in _LOOPBACK else "starttls"
        )
        options = parse_qs(parts.query, keep_blank_values=True)
        if options == {"tls": ["none"]} and scheme == "smtp":
            encryption = "none"
        elif options:
            raise InputError(f"{URL_NAME}: the only option is ?tls=none, for smtp:// without encryption")
        if encryption == "none" and user is not None and host not in _LOOPBACK:
            raise InputError(
                f"{URL_NAME}: ?tls=none would send the password in the clear; leave one of them out"
            )
        return cls(host, port or _PORTS[scheme], encryption, user, password)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class SmtpMailer:
    """`campaignbase.ports.Mailer`."""

    def __init__(
        self, url: str, sender: str, *, timeout: float = TIMEOUT_SECONDS, tls: ssl.SSLContext | None = None
    ) -> None:
        """
        Args:
            sender: an address, with a name before it or without: `Fernway <hello@fernway.example>`.
            tls: whom to trust; None: the machine's authorities.
        Raises:
            InputError: the URL or the sender is none.
        """
        self.server = SmtpServer.parse(url)
        self.sender = _sender(sender)
        self._timeout = timeout
        self._tls = tls

    async def send(self, mail: Mail) -> None:
        """Taken by the server. Raises ProviderError: it was not; not `retryable`, never by this server."""
        message = self._message(mail)
        await _aside(lambda: self._send(message, mail.to))

    async def check(self) -> None:
        """Sign in and leave. Raises ProviderError: what a mail would meet."""
        await _aside(self._check)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = _address("", mail.to)
        message["Subject"] = _one_line(mail.subject)
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text, cte="quoted-printable")  # every server takes its seven bits
        return message

    def _send(self, message: EmailMessage, to: str) -> None:
        with self._session() as smtp:
            try:
                smtp.send_message(message, self.sender.addr_spec, [to])
            except smtplib.SMTPSenderRefused as error:
                raise ProviderError(
                    f"mail server {self.server} refuses the sender {self.sender.addr_spec}: {_said(error)};"
                    f" set {FROM_NAME} to an address it sends for"
                ) from error
            except smtplib.SMTPRecipientsRefused as error:
                [(code, words)] = error.recipients.values()
                raise self._refused(f"refuses {to}", code, words) from error
            except smtplib.SMTPNotSupportedError as error:
                raise ProviderError(
                    f"mail server {self.server} takes no addresses beyond ASCII, as in {to}", retryable=False
                ) from error
            except smtplib.SMTPResponseException as error:
                raise self._refused(f"refuses the mail to {to}", error.smtp_code, error.smtp_error) from error

    def _check(self) -> None:
        with self._session() as smtp:
            smtp.noop()

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Greeted, encrypted, signed in; what goes wrong with the connection is a ProviderError."""
        context = self._tls or ssl.create_default_context()
        try:
            smtp = (
                smtplib.SMTP_SSL(self.server.host, self.server.port, timeout=self._timeout, context=context)
                if self.server.encryption == "tls"
                else smtplib.SMTP(self.server.host, self.server.port, timeout=self._timeout)
            )
            try:
                self._encrypt(smtp, context)
                self._sign_in(smtp)
                yield smtp
            finally:
                _leave(smtp)
        except ssl.SSLError as error:
            reason = getattr(error, "verify_message", None) or error.reason or str(error)
            raise ProviderError(
                f"no TLS with mail server {self.server}: {reason}; check host and port in {URL_NAME}"
            ) from error
        except smtplib.SMTPServerDisconnected as error:
            how = "does not answer in time" if "timed out" in str(error) else "hung up"
            raise ProviderError(f"mail server {self.server} {how}; the mail is tried again") from error
        except smtplib.SMTPResponseException as error:
            raise ProviderError(f"mail server {self.server} refuses: {_said(error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            reason = "no answer in time" if isinstance(error, TimeoutError) else _reason(error)
            raise ProviderError(
                f"cannot reach mail server {self.server}: {reason}; check host and port in {URL_NAME}"
            ) from error

    def _encrypt(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo_or_helo_if_needed()
        wanted = self.server.encryption
        if wanted in ("tls", "none"):
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo()
        elif wanted == "starttls":
            raise ProviderError(
                f"mail server {self.server} offers no encryption (STARTTLS); use the port that does,"
                f" or smtps://, or add ?tls=none to {URL_NAME}"
            )

    def _sign_in(self, smtp: smtplib.SMTP) -> None:
        if self.server.user is None or self.server.password is None:
            return
        try:
            smtp.login(self.server.user, self.server.password)
        except smtplib.SMTPAuthenticationError as error:
            raise ProviderError(
                f"mail server {self.server} refuses user {self.server.user!r}: {_said(error)};"
                f" check user and password in {URL_NAME}"
            ) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:
            raise ProviderError(
                f"mail server {self.server} takes no sign-in that is known here ({_reason(error)});"
                f" leave user and password out of {URL_NAME}, or use the port that does"
            ) from error

    def _refused(self, what: str, code: int, words: bytes | str) -> ProviderError:
        """Of one mail. 4xx is for now, 5xx for good: but for what is about our right to send at all."""
        text = _text(words)
        ours = code in _NOT_SIGNED_IN or text.startswith("5.7.")
        return ProviderError(f"mail server {self.server} {what}: {code} {text}", retryable=code < 500 or ours)


async def _aside(work: Callable[[], None]) -> None:
    """In a thread that nobody waits for once this is canceled: a server that hangs holds no program up."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def settle(error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        failed: Exception | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where somebody waits
            failed = error
        with suppress(RuntimeError):  # the loop is closed: nobody asks any more
            loop.call_soon_threadsafe(settle, failed)

    threading.Thread(target=run, daemon=True, name="smtp").start()
    await done


def _sender(text: str) -> Address:
    found = getaddresses([text])
    try:
        if len(found) == 1 and not _has_control(text):
            return _address(*found[0])
    except ProviderError:
        pass
    raise InputError(
        f"{FROM_NAME} {text!r} is not an address; expected hello@example.com or Name <hello@example.com>"
    )


def _address(name: str, spec: str) -> Address:
    """Exactly this address: what a parser would read another way is refused."""
    try:
        if _has_control(spec) or parseaddr(spec) != ("", spec):
            raise ValueError(spec)
        address = Address(name, addr_spec=spec)
        if not address.username or not address.domain or address.addr_spec != spec:
            raise ValueError(spec)
    except (ValueError, IndexError, MessageError) as error:
        raise ProviderError(
            f"{spec!r} is not an address that mail can be sent to", retryable=False
        ) from error
    return address


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


def _has_control(text: str) -> bool:
    return any(not character.isprintable() for character in text)


def _one_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _said(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(words: bytes | str) -> str:
    return _one_line(words.decode("utf-8", "replace") if isinstance(words, bytes) else words)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).rstrip(".")
