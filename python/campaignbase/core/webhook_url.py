"""Which addresses an endpoint may have, and which addresses its name may lead to.

Pure. The same words are said by private.webhook_url_error in SQL and by the edge function `deliver`;
tests/cases/webhooks.json holds all three to one table. An address is looked at twice: how it is written, when
it is saved and before each delivery; and where its name leads, once before each delivery, which then goes to
the very address that was looked at.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

MAX_URL = 2000
MAX_HOST = 253

_SENDABLE = re.compile(r"[!-~]*")
_MUST_BE_ENCODED = re.compile(r'["<>\\^`{|}]')
_LOCAL = re.compile(r"https?://(localhost|127[.]0[.]0[.]1)(:[0-9]{1,5})?([/?][^#]*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/]*//([^/?#]*)")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# names that no public directory of names answers for (RFC 6761, 6762, 7686, 9476), or never will
_LOCAL_NAMES = frozenset(
    (
        "alt", "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local",
        "localdomain", "localhost", "onion", "private", "test",
    )
)  # fmt: skip


class Target(NamedTuple):
    """What to connect to."""

    secure: bool
    host: str  # lower case
    port: int
    path: str  # with its query, never empty
    local: bool  # loopback is meant


def webhook_url_error(url: str, *, allow_local: bool = False) -> str | None:
    """Why an address is refused; None when it is fine.

    Args:
        allow_local: loopback by name or number too, on any port, with or without encryption.
    """
    if len(url) > MAX_URL:
        return f"url: longer than {MAX_URL} characters"
    if not _SENDABLE.fullmatch(url) or _MUST_BE_ENCODED.search(url):
        return "url: holds a space, a backslash or another character that must be encoded"
    if allow_local and _LOCAL.fullmatch(url):
        return None
    if not url.lower().startswith("https://"):
        return "url: must start with https://"
    if "#" in url:
        return "url: holds a fragment (#), which is never sent; leave it out"
    authority = _authority(url)
    if "@" in authority:
        return "url: holds a user name or password before @; leave it out"
    name, colon, port = authority.partition(":")
    if "[" not in name and colon and port != "443":
        return "url: names another port than 443; leave it out"
    host = authority.removesuffix(":443")
    if len(host) > MAX_HOST or not _HOST.fullmatch(host) or host.rpartition(".")[2] in _LOCAL_NAMES:
        return "url: the host must be a public name like hooks.example.com, not an address or a local name"
    return None


def target_of(url: str) -> Target:
    """The parts of an address that `webhook_url_error` accepts; ValueError when they cannot be read."""
    secure = url.lower().startswith("https://")
    host, _, port = _authority(url).partition(":")
    number = int(port) if port else (443 if secure else 80)
    if number > 65535:
        raise ValueError(f"port {number} is above 65535")
    path = url[url.index("//") + 2 + len(_authority(url)) :]
    if not path.startswith("/"):
        path = f"/{path}"
    return Target(secure, host, number, path, _LOCAL.fullmatch(url) is not None)


def _authority(url: str) -> str:
    found = _AUTHORITY.match(url)
    return found[1].lower() if found else ""


# What is not a host of the public internet (IANA's special-purpose registries, multicast, and the forms
# that carry one address inside another).
_CLOSED_4 = tuple(
    ip_network(block)
    for block in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3",
    )
)  # fmt: skip
_OPEN_6 = ip_network("2000::/3")  # the only part of IPv6 whose addresses are given to hosts
_CLOSED_6 = tuple(
    ip_network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)


def is_public_address(text: str) -> bool:
    """Is this the address of a host on the public internet? What cannot be read is not."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    match address:
        case IPv4Address():
            return not any(address in block for block in _CLOSED_4)
        case IPv6Address():
            return (
                address.scope_id is None
                and address in _OPEN_6
                and not any(address in block for block in _CLOSED_6)
            )
