"""One delivery against servers on loopback that pretend to be on the internet, and misbehave."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from tests.support import tls
from tests.support.webhook_cases import CASES, MESSAGES, SECRET

from campaignbase.core.webhook_signature import verify
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult
from campaignbase.providers.webhook_sender import MAX_BODY, WebhookSender
from campaignbase.testing import FakeClock

HOST = "hooks.acme.com"
PUBLIC = "93.184.216.34"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"
BODY = json.dumps({"type": "webhook.test", "data": {"text": "Größe"}}, ensure_ascii=False)

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def delivery(url: str = f"https://{HOST}/in?x=1", secrets: Sequence[str] = (SECRET,)) -> ClaimedDelivery:
    return ClaimedDelivery("msg_1", 3, "e1", url, "webhook.test", BODY, tuple(secrets))


@dataclass
class Network:
    """Names and connections of a test: every connection ends at one server on loopback."""

    port: int
    names: list[list[str]] = field(
        default_factory=lambda: [[PUBLIC]]
    )  # an answer a question, the last for ever
    asked: list[str] = field(default_factory=list)
    connected: list[tuple[str, int, str | None]] = field(default_factory=list)

    async def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        return self.names.pop(0) if len(self.names) > 1 else self.names[0]

    async def connect(
        self, address: str, port: int, secure: ssl.SSLContext | None, server_name: str | None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self.connected.append((address, port, server_name))
        return await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=secure, server_hostname=server_name, limit=32 * 1024
        )


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tls.Certificates:
    return tls.make(tmp_path_factory.mktemp("tls"), HOST)


@asynccontextmanager
async def serving(certificates: tls.Certificates | None, talk: Talk) -> AsyncIterator[Network]:
    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    secure = certificates.server() if certificates else None
    server = await asyncio.start_server(quiet, "127.0.0.1", 0, ssl=secure)
    async with server:
        yield Network(server.sockets[0].getsockname()[1])


def answering(answer: bytes, seen: list[bytes] | None = None) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if seen is not None:
            seen.append(head + body)
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return talk


async def send(
    certificates: tls.Certificates, talk: Talk, what: ClaimedDelivery | None = None, patience: float = 5
) -> DeliveryResult:
    async with serving(certificates, talk) as network:
        return await sender(network, certificates, timeout=patience).send(what or delivery())


def sender(
    network: Network, certificates: tls.Certificates | None = None, *, local: bool = False, timeout: float = 5
) -> WebhookSender:
    return WebhookSender(
        FakeClock(datetime(2026, 1, 1, tzinfo=UTC)),
        allow_local=local,
        timeout=timeout,
        resolve=network.resolve,
        connect=network.connect,
        tls=certificates.client() if certificates else None,
    )


async def test_a_delivery_is_signed_and_goes_to_the_address_that_was_looked_at(certificates):
    seen: list[bytes] = []
    async with serving(certificates, answering(OK, seen)) as network:
        result = await sender(network, certificates).send(delivery())
    assert result == DeliveryResult("msg_1", 3, status=200, response="thanks")
    assert network.asked == [HOST]
    assert network.connected == [(PUBLIC, 443, HOST)]
    head, _, body = seen[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert first == "POST /in?x=1 HTTP/1.1"
    assert (headers["host"], headers["content-type"]) == (HOST, "application/json")
    assert headers["user-agent"].startswith("campaignbase-webhooks/")
    assert body.decode() == BODY
    now = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    assert verify(SECRET, headers, body, now=now) == "msg_1"


async def test_a_name_is_resolved_once_so_that_a_second_answer_comes_too_late(certificates):
    async with serving(certificates, answering(OK)) as network:
        network.names = [[PUBLIC], ["127.0.0.1"]]
        sending = sender(network, certificates)
        assert (await sending.send(delivery())).status == 200
        assert network.connected == [(PUBLIC, 443, HOST)]
        result = await sending.send(delivery())
    assert result.error == "the host's name leads to 127.0.0.1, which is no public address"
    assert len(network.connected) == 1


async def test_no_form_of_a_hostile_address_reaches_loopback():
    async with serving(None, answering(OK)) as network:
        network.names = [["127.0.0.1"]]
        sending = sender(network)
        for case in CASES["urls"]:
            result = await sending.send(delivery(case["url"]))
            led = "the host's name leads to 127.0.0.1, which is no public address"
            assert result.error == MESSAGES.get(case["refused"], led), case["url"]
            assert result.status is None
    assert network.connected == []


@pytest.mark.parametrize("addresses", [
    *([address] for address in CASES["addresses"]["closed"]),
    [PUBLIC, "10.0.0.1"],  # one that is public does not excuse the other
    ["10.0.0.1", PUBLIC],
    [PUBLIC, "::1"],
])  # fmt: skip
async def test_every_address_a_name_leads_to_must_be_public(addresses):
    network = Network(1, [addresses])
    result = await sender(network).send(delivery())
    closed = next(address for address in addresses if address != PUBLIC)
    assert result.error == f"the host's name leads to {closed}, which is no public address"
    assert network.connected == []


async def test_a_name_that_leads_nowhere_is_an_error():
    network = Network(1, [[]])
    assert (await sender(network).send(delivery())).error == "the host's name leads nowhere"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(certificates, status):
    hits = 0

    async def canary(reader, writer):
        nonlocal hits
        hits += 1

    async with serving(None, canary) as inside:
        answer = (
            f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:{inside.port}/\r\nContent-Length: 0\r\n\r\n"
        )
        result = await send(certificates, answering(answer.encode()))
        await asyncio.sleep(0)
    assert (result.status, result.error, result.delivered) == (status, None, False)
    assert hits == 0


async def test_a_certificate_of_another_name_or_authority_is_refused(certificates, tmp_path):
    other = tls.make(tmp_path, "hooks.other.com")
    async with serving(other, answering(OK)) as network:
        by_name = await sender(network, other).send(delivery())
        by_authority = await sender(network, certificates).send(delivery())
    assert by_name.error is not None
    assert by_name.error.startswith("the host's certificate is refused: Hostname mismatch")
    assert by_authority.error is not None
    assert by_authority.error.startswith("the host's certificate is refused: ")


async def test_loopback_is_reached_only_where_it_is_allowed():
    async with serving(None, answering(OK)) as network:
        here = f"http://localhost:{network.port}/in"
        assert (await sender(network).send(delivery(here))).error == MESSAGES["scheme"]
        assert network.connected == []
        assert (await sender(network, local=True).send(delivery(here))).status == 200
    assert network.connected == [("127.0.0.1", network.port, None)]
    assert network.asked == []


async def silent(reader, writer):
    await reader.read()


async def dripping(reader, writer):
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("talk", [silent, dripping])
async def test_an_answer_that_does_not_come_in_time_is_an_error(certificates, talk):
    assert (await send(certificates, talk, patience=0.3)).error == "no answer in 0.3 seconds"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", "answered nothing and closed the connection"),
        (b"HTTP/1.1 200 OK\r\nX: y", "answered something that is not HTTP and closed the connection"),
        (b"SSH-2.0-OpenSSH_9\r\n\r\n", "answered something that is not HTTP"),
        (b"HTTP/2 200\r\n\r\n", "answered something that is not HTTP"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "answered something that is not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
            "answered with more than 32768 bytes of headers",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20, "answered 1xx for ever"),
    ],
)
async def test_what_is_not_an_answer_is_an_error(certificates, answer, error):
    result = await send(certificates, answering(answer))
    assert (result.error, result.status) == (error, None)


@pytest.mark.parametrize(
    ("answer", "status", "response"),
    [
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204, None),
        (b"HTTP/1.0 500 Oops\r\n\r\nbroken", 500, "broken"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n",
            200,
            "abcde",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc", 200, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", 200, "abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef", 200, "ab"),
        (b"HTTP/1.1 200 OK\r\n\r\na\x00b\xff", 200, "ab\ufffd"),
    ],
)
async def test_answers_are_read_as_far_as_they_matter(certificates, answer, status, response):
    result = await send(certificates, answering(answer))
    assert (result.status, result.response, result.error) == (status, response, None)


async def test_a_body_without_end_is_read_no_further_than_its_beginning(certificates):
    written = 0

    async def talk(reader, writer):
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while written < 50_000_000:
            writer.write(b"x" * 65536)
            await writer.drain()
            written += 65536

    result = await send(certificates, talk)
    assert result.status == 200
    assert result.response == "x" * MAX_BODY
    assert written < 20_000_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Thu, 01 Jan 2026 00:10:00 GMT", 600),
        ("Thu, 01 Jan 2015 00:10:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("99999999999999999999", 999_999_999),
    ],
)
async def test_retry_after_is_seconds_or_a_date(certificates, header, seconds):
    answer = f"HTTP/1.1 429 Slow down\r\nRetry-After: {header}\r\nContent-Length: 0\r\n\r\n".encode()
    assert (await send(certificates, answering(answer))).retry_after == seconds


async def test_an_endpoint_without_a_secret_gets_nothing(certificates):
    seen: list[bytes] = []
    result = await send(certificates, answering(OK, seen), delivery(secrets=()))
    assert result.error == "the endpoint has no secret; rotate it to make one"
    assert seen == []
