"""Sends one signed delivery to the address that was looked at, and to no other.

The name is resolved once; every address it leads to must be public; the connection goes to the first of
them, with the name kept for TLS and for the Host header. No redirect is followed, no proxy asked; time and
bytes are capped. The edge function `deliver` does the same.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version

from campaignbase.core.webhook_signature import SignatureError, signed_headers
from campaignbase.core.webhook_url import Target, is_public_address, target_of, webhook_url_error
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult
from campaignbase.ports import Clock

TIMEOUT_SECONDS = 15.0  # for all of it: name, connection, encryption, request, status
BODY_SECONDS = 2.0  # more for what else is answered: the status says it all
MAX_HEAD = 32 * 1024  # bytes
MAX_BODY = 4 * 1024
MAX_INTERIM = 5  # answers of 1xx before the real one
LOOPBACK = "127.0.0.1"

_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: |\r\n)")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Resolve = Callable[[str, int], Awaitable[list[str]]]
Connect = Callable[[str, int, ssl.SSLContext | None, str | None], Awaitable[Streams]]


class _RefusedError(Exception):
    """Why nothing was delivered, for the log."""


class WebhookSender:
    """`campaignbase.ports.Sender` over the real network."""

    def __init__(
        self,
        clock: Clock,
        *,
        allow_local: bool = False,
        timeout: float = TIMEOUT_SECONDS,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`allow_local`: loopback too, for development. The others: for tests."""
        self._clock = clock
        self._allow_local = allow_local
        self._timeout = timeout
        self._resolve = resolve or _addresses
        self._connect = connect or _connection
        self._tls = tls or ssl.create_default_context()

    async def send(self, delivery: ClaimedDelivery) -> DeliveryResult:
        """One try; never raises."""
        started = self._clock.monotonic()
        result = await self._try(delivery)
        took = max(0, round((self._clock.monotonic() - started) * 1000))
        return DeliveryResult(delivery.id, delivery.attempt, **result, duration_ms=took)  # type: ignore[arg-type]

    async def _try(self, delivery: ClaimedDelivery) -> dict[str, object]:
        writer: asyncio.StreamWriter | None = None
        try:
            error = webhook_url_error(delivery.url, allow_local=self._allow_local)
            if error is not None:
                raise _RefusedError(error)
            target = target_of(delivery.url)
            async with asyncio.timeout(self._timeout):
                address = await self._address(target)
                reader, writer = await self._connect(
                    address,
                    target.port,
                    self._tls if target.secure else None,
                    target.host if target.secure else None,
                )
                writer.write(self._request(delivery, target))
                await writer.drain()
                status, headers = await _head(reader)
            return {
                "status": status,
                "response": await _beginning(reader, headers),
                "retry_after": _retry_after(headers.get("retry-after"), self._clock.now()),
            }
        except TimeoutError:
            return {"error": f"no answer in {self._timeout:g} seconds"}
        except (_RefusedError, SignatureError) as error:
            return {"error": str(error)}
        except socket.gaierror:
            return {"error": "the host's name leads nowhere"}
        except ssl.SSLCertVerificationError as error:
            return {"error": f"the host's certificate is refused: {error.verify_message}"}
        except (OSError, ssl.SSLError, EOFError) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            return {"error": f"the connection failed: {told}"}
        except Exception as error:  # noqa: BLE001 one delivery takes no other along
            return {"error": f"failed with {type(error).__name__}"}
        finally:
            if writer is not None:
                writer.transport.abort()

    async def _address(self, target: Target) -> str:
        if target.local:
            return LOOPBACK
        addresses = await self._resolve(target.host, target.port)
        if not addresses:
            raise socket.gaierror
        for address in addresses:
            if not is_public_address(address):
                raise _RefusedError(f"the host's name leads to {address}, which is no public address")
        return addresses[0]

    def _request(self, delivery: ClaimedDelivery, target: Target) -> bytes:
        body = delivery.body.encode()
        usual = target.port == (443 if target.secure else 80)
        headers = {
            "Host": target.host if usual else f"{target.host}:{target.port}",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": f"campaignbase-webhooks/{_version()}",
            "Accept": "*/*",
            "Connection": "close",
            **signed_headers(delivery.secrets, delivery.id, int(self._clock.now().timestamp()), body),
        }
        lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    for _ in range(MAX_INTERIM + 1):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            raise _RefusedError(f"answered with more than {MAX_HEAD} bytes of headers") from None
        except asyncio.IncompleteReadError as error:
            said = "something that is not HTTP" if error.partial else "nothing"
            raise _RefusedError(f"answered {said} and closed the connection") from None
        found = _STATUS.match(head)
        if found is None:
            raise _RefusedError("answered something that is not HTTP")
        status = int(found[1])
        if status >= 200:
            return status, _headers(head)
    raise _RefusedError("answered 1xx for ever")


def _headers(head: bytes) -> dict[str, str]:
    """Names in lower case; of a repeated one, the first."""
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers.setdefault(name.strip().lower(), value.strip())
    return headers


async def _beginning(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> str | None:
    """The first bytes of the body, for people; what comes late or too long is left."""
    wanted, length = MAX_BODY, headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,15}", length):
        wanted = min(int(length), MAX_BODY)
    body = b""
    with suppress(TimeoutError, OSError, EOFError):
        async with asyncio.timeout(BODY_SECONDS):
            while len(body) < wanted and (part := await reader.read(wanted - len(body))):
                body += part
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _unchunked(body)
    return body.decode("utf-8", "replace").replace("\x00", "") or None


def _unchunked(body: bytes) -> bytes:
    """As much of it as is there."""
    plain = b""
    while True:
        size, line_end, body = body.partition(b"\r\n")
        try:
            length = int(size.partition(b";")[0], 16)
        except ValueError:
            return plain
        if not line_end or length <= 0:
            return plain
        plain += body[:length]
        body = body[length + 2 :]


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds; the header says seconds or a date."""
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):
        return None


async def _addresses(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def _connection(
    address: str, port: int, tls: ssl.SSLContext | None, server_name: str | None
) -> Streams:
    return await asyncio.open_connection(address, port, ssl=tls, server_hostname=server_name, limit=MAX_HEAD)


def _version() -> str:
    try:
        return version("campaignbase")
    except PackageNotFoundError:
        return "0"
