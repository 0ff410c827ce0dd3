"""A mail server on loopback that speaks the real protocol, and can be told to fail at any of its answers."""

import base64
import email
import email.policy
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any, cast

CUT, HANG = "cut", "hang"  # in place of an answer: hang up; say nothing until the client leaves


@dataclass(frozen=True)
class Received:
    sender: str
    to: list[str]
    message: EmailMessage
    encrypted: bool
    user: str | None  # who signed in

    @property
    def text(self) -> str:
        body = self.message.get_body()
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class FakeSmtp:
    """`answers`: by step (greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, END), in place of the usual."""

    port: int = 0
    tls: ssl.SSLContext | None = None  # offers STARTTLS with it
    from_start: bool = False  # TLS from the first byte
    users: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)  # as they came, over all connections
    connections: int = 0
    hanging: threading.Event = field(default_factory=threading.Event)


class _Session(socketserver.StreamRequestHandler):
    smtp: FakeSmtp
    encrypted = False
    user: str | None = None

    def handle(self) -> None:
        self.smtp.connections += 1
        try:
            if self.smtp.from_start:
                self._encrypt()
            if self._say("greeting", "220 fake.example ESMTP"):
                while line := self.rfile.readline():
                    if not self._command(line.decode("utf-8", "replace").rstrip("\r\n")):
                        return
        except OSError:  # the client is gone, or does not trust us
            pass

    def _command(self, line: str) -> bool:
        """Whether the connection goes on."""
        self.smtp.commands.append(line)
        verb = line.split(" ")[0].upper()
        if verb == "EHLO":
            extras = ["STARTTLS"] if self.smtp.tls and not self.encrypted else []
            extras += ["AUTH PLAIN"] if self.smtp.users else []
            return self._say(
                "EHLO", "\r\n".join([*(f"250-{one}" for one in ["fake", *extras]), "250 8BITMIME"])
            )
        if verb == "STARTTLS":
            going = self._say("STARTTLS", "220 go on")
            self._encrypt()
            return going
        if verb == "AUTH":
            _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
            good = self.smtp.users.get(user) == password
            self.user = user if good else None
            return self._say("AUTH", "235 welcome" if good else "535 5.7.8 wrong user or password")
        if verb == "MAIL":
            self.sender, self.to = _path(line), list[str]()
            return self._say("MAIL", "250 ok")
        if verb == "RCPT":
            self.to.append(_path(line))
            return self._say("RCPT", "250 ok")
        if verb == "DATA":
            if not self._say("DATA", "354 end with a dot") or "DATA" in self.smtp.answers:
                return True
            return self._take()
        if verb == "QUIT":
            self._say("QUIT", "221 bye")
            return False
        return self._say(verb, "250 ok")

    def _take(self) -> bool:
        data = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            data += line.removeprefix(b".")
        if "END" not in self.smtp.answers:
            message = cast(EmailMessage, email.message_from_bytes(data, policy=email.policy.default))
            self.smtp.received.append(Received(self.sender, self.to, message, self.encrypted, self.user))
        return self._say("END", "250 taken")

    def _say(self, step: str, usual: str) -> bool:
        answer = self.smtp.answers.get(step, usual)
        if answer == HANG:
            self.smtp.hanging.set()
            self.rfile.read()
        if answer in (CUT, HANG):
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True

    def _encrypt(self) -> None:
        assert self.smtp.tls is not None
        self.request = self.smtp.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.encrypted = True

    def finish(self) -> None:
        for part in (self.wfile, self.rfile, self.request):
            with suppress(OSError):
                part.close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def fake_smtp(**given: Any) -> Iterator[FakeSmtp]:
    fake = FakeSmtp(**given)
    handler = type("Handler", (_Session,), {"smtp": fake})
    with _Server(("127.0.0.1", 0), handler) as server:
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            server.shutdown()
            thread.join()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _path(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
