"""API keys: how they look, what is kept of them, and what they may be for. Pure: randomness is given.

`cb_<prefix>_<secret><checksum>`: a checksum tells a mistyped key, or a leaked one in somebody's code, without
a look into any database.
"""

import hashlib
import hmac
import re
import string
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from campaignbase.errors import InputError

MARK = "cb_"
RANDOM_BYTES = 32
MAX_KEYS = 100  # good ones, of a workspace; sql/functions/create_api_key.sql
LOG_DAYS = 90  # sql/rpc/log_api_requests.sql
# sql/functions/api_scopes.sql
SCOPES = (
    *("campaigns:read", "campaigns:write", "content:read", "content:write", "embeddings:read"),
    *("operations:read", "posts:read", "posts:write", "rules:read", "rules:write", "search:read"),
    *("vocabulary:read", "vocabulary:write"),
)
ROLES = ("editor", "viewer")

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PREFIX, _SECRET, _CHECKSUM = 8, 32, 6  # digits; 32 of them are 190 bits
_KEY = re.compile(rf"cb_([0-9A-Za-z]{{{_PREFIX}}})_([0-9A-Za-z]{{{_SECRET + _CHECKSUM}}})")
_SPAN = re.compile(r"([1-9][0-9]{0,3})([hd])")


class Token(NamedTuple):
    prefix: str  # no secret
    text: str


def token_of(random: bytes) -> Token:
    """`random`: at least RANDOM_BYTES, from a source fit for secrets."""
    if len(random) < RANDOM_BYTES:
        raise ValueError(f"{len(random)} random bytes, expected {RANDOM_BYTES}")
    digits = _base62(int.from_bytes(random), _PREFIX + _SECRET)
    prefix, secret = digits[:_PREFIX], digits[_PREFIX:]
    body = f"{MARK}{prefix}_{secret}"
    return Token(prefix, body + _checksum(body))


def looks_like_key(text: str) -> bool:
    """Of our form, with the right checksum; whether it is known is another question."""
    return _KEY.fullmatch(text) is not None and _checksum(text[:-_CHECKSUM]) == text[-_CHECKSUM:]


def token_hash(text: str) -> str:
    """What is stored. The key is random enough that a slow hash would add nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


def password(signing_key: str, text: str) -> str:
    """Of the key's user at the auth server: of no use to who holds only the key, or only the database.

    Fits every policy on characters, and bcrypt's 72 bytes.
    """
    digest = hmac.new(signing_key.encode(), text.encode(), hashlib.sha256).digest()
    return "Cb-1" + _base62(int.from_bytes(digest), 43)


def scopes_of(role: str, scopes: Sequence[str]) -> tuple[str, ...]:
    """Sorted, each once; none given: all that the role may have.

    Raises:
        InputError: the role or a scope is not known, or a viewer's key would write.
    """
    if role not in ROLES:
        raise InputError(f"role {role!r} is not known; expected one of {', '.join(ROLES)}")
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown:
        raise InputError(f"scope {unknown[0]!r} is not known; expected some of {', '.join(SCOPES)}")
    readable = [scope for scope in SCOPES if scope.endswith(":read")]
    if not scopes:
        return tuple(SCOPES if role == "editor" else readable)
    more = [scope for scope in scopes if role == "viewer" and scope not in readable]
    if more:
        raise InputError(
            f"scope {more[0]!r} is more than a viewer may do; make the role editor, or leave the scope out"
        )
    return tuple(sorted(set(scopes)))


def expiry(now: datetime, span: str) -> datetime:
    """`span`: 12h, 90d. Raises InputError."""
    found = _SPAN.fullmatch(span)
    if found is None:
        raise InputError(f"{span!r} is no time from now; expected one like 90d or 12h")
    count = int(found[1])
    return now + (timedelta(hours=count) if found[2] == "h" else timedelta(days=count))


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECKSUM)


def _base62(number: int, width: int) -> str:
    """Its lowest digits."""
    digits = []
    for _ in range(width):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
