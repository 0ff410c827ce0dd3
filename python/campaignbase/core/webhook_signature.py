"""Signatures of deliveries, as Standard Webhooks 1.0.0 writes them: made here, and checked by receivers.

Pure: the time is given. What is signed is `id.timestamp.body`, by HMAC-SHA256.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with
VERSION = "v1"
MIN_KEY, MAX_KEY = 24, 64  # bytes
TOLERANCE_SECONDS = 300  # between the sender's clock and the receiver's, both ways


class SignatureError(ValueError):
    """The delivery cannot be trusted; its text says why."""


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a delivery.

    Args:
        secrets: all that are valid now; one signature each, in this order.
        timestamp: seconds since 1970.
    Raises:
        SignatureError: a secret is not `whsec_` and 24 to 64 bytes in base64, or there is none.
    """
    if not secrets:
        raise SignatureError("the endpoint has no secret; rotate it to make one")
    signatures = [_signature(_key(secret), message_id, str(timestamp), body) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"{VERSION},{signature}" for signature in signatures),
    }


def verify(
    secret: str, headers: Mapping[str, str], body: bytes, *, now: float, tolerance: float = TOLERANCE_SECONDS
) -> str:
    """Accept a delivery, or raise. Check before the body is parsed.

    Args:
        headers: names in lower case.
        now: seconds since 1970.
    Returns:
        The message's id: the same for every try, so remember it to act only once.
    Raises:
        SignatureError: a header is missing or unreadable, too old or too new, or no signature matches.
    """
    missing = [
        name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not headers.get(name)
    ]
    if missing:
        raise SignatureError(f"header {missing[0]} is missing")
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise SignatureError("webhook-timestamp is not a number of seconds")
    if abs(now - int(timestamp)) > tolerance:
        raise SignatureError("webhook-timestamp is too far from now")
    expected = _signature(_key(secret), message_id, timestamp, body).encode()
    for offered in headers["webhook-signature"].split(" "):
        version, _, signature = offered.partition(",")
        # bytes: compare_digest refuses text that is not ASCII
        if version == VERSION and hmac.compare_digest(signature.encode("utf-8", "replace"), expected):
            return message_id
    raise SignatureError("no signature matches")


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = message_id.encode("utf-8", "replace") + b"." + timestamp.encode() + b"." + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith(SECRET_PREFIX) or not MIN_KEY <= len(key) <= MAX_KEY:
        raise SignatureError(f"the secret is not {SECRET_PREFIX} and {MIN_KEY} to {MAX_KEY} bytes in base64")
    return key
