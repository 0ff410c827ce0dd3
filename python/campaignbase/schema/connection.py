"""Connections to Postgres for schema work: one way to open them, one way they fail."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from campaignbase.errors import NotConfiguredError, UnreachableError

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[object, ...]]

CONNECT_SECONDS = 10


def connect(url: str, *, autocommit: bool = False) -> "Connection":
    """Open a connection.

    Raises:
        NotConfiguredError: psycopg is not installed.
        UnreachableError: nothing answers at the URL, or it refuses the role; no password is shown.
    """
    try:
        import psycopg
    except ImportError as error:
        raise NotConfiguredError(
            "the Postgres driver is not installed; install it with: pip install 'campaignbase[local]'"
        ) from error
    try:
        return psycopg.connect(url, autocommit=autocommit, connect_timeout=CONNECT_SECONDS)
    except psycopg.OperationalError as error:
        raise UnreachableError(f"cannot connect to {without_password(url)}: {str(error).strip()}") from error


def without_password(url: str) -> str:
    """The URL with its password left out, fit for messages."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=f"{parts.username}@{parts.netloc.rpartition('@')[2]}").geturl()
