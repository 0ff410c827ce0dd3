"""How keys look, what is kept of them, what they may be for."""

from datetime import UTC, datetime, timedelta

import pytest

from campaignbase.core.api_keys import (
    SCOPES,
    expiry,
    looks_like_key,
    password,
    scopes_of,
    token_hash,
    token_of,
)
from campaignbase.errors import InputError

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
# 32 bytes of zero: every digit is 0; the checksum is crc32 of the rest in base 62
ZERO = "cb_00000000_" + "0" * 32


def test_a_key_is_marked_and_checksummed() -> None:
    token = token_of(bytes(32))
    assert (token.prefix, token.text[:-6], len(token.text)) == ("00000000", ZERO, 50)
    assert looks_like_key(token.text)
    other = token_of(bytes(31) + b"\x01")
    assert other.text[:-6] == ZERO[:-1] + "1"
    assert token_hash(token.text) != token_hash(other.text)
    with pytest.raises(ValueError, match="31 random bytes, expected 32"):
        token_of(bytes(31))


@pytest.mark.parametrize("place", [3, 12, 30, 44, 49])
def test_a_mistyped_key_is_told(place: int) -> None:
    text = token_of(bytes(32)).text
    wrong = text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]
    assert not looks_like_key(wrong)


@pytest.mark.parametrize("text", ["", "cb_", "sb_secret_x", ZERO, token_of(bytes(32)).text + "\n"])
def test_what_is_no_key(text: str) -> None:
    assert not looks_like_key(text)


def test_a_password_needs_both_halves() -> None:
    made = password("s", "k")
    assert made != password("s", "l")
    assert made != password("t", "k")
    assert len(made.encode()) == 47  # bcrypt reads 72
    assert (made[:4], made.isascii()) == ("Cb-1", True)  # an upper and a lower letter, a symbol, a digit


@pytest.mark.parametrize(
    ("role", "scopes", "expected"),
    [
        ("editor", (), SCOPES),
        ("viewer", (), tuple(scope for scope in SCOPES if scope.endswith(":read"))),
        ("viewer", ("search:read", "content:read", "search:read"), ("content:read", "search:read")),
        ("editor", ("posts:write",), ("posts:write",)),
    ],
)
def test_scopes_of_a_role(role: str, scopes: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert scopes_of(role, scopes) == expected


@pytest.mark.parametrize(
    ("role", "scopes", "told"),
    [
        ("owner", (), "role 'owner' is not known; expected one of editor, viewer"),
        ("editor", ("content:delete",), "scope 'content:delete' is not known; expected some of campaigns:"),
        ("viewer", ("content:write",), "scope 'content:write' is more than a viewer may do"),
    ],
)
def test_scopes_that_are_refused(role: str, scopes: tuple[str, ...], told: str) -> None:
    with pytest.raises(InputError, match=told):
        scopes_of(role, scopes)


def test_expiry() -> None:
    assert expiry(NOON, "90d") == NOON + timedelta(days=90)
    assert expiry(NOON, "12h") == NOON + timedelta(hours=12)
    for wrong in ("", "0d", "90", "-1d", "1.5d", "99999d", "3 months"):
        with pytest.raises(InputError, match="expected one like 90d or 12h"):
            expiry(NOON, wrong)
