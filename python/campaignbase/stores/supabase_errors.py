"""What a Supabase project answers when it refuses, as our errors: what was wrong and what to do."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from postgrest import APIError

from campaignbase.errors import CampaignbaseError, NotConfiguredError, UnreachableError
from campaignbase.stores.calls import refusal

# of PostgREST: no connection, too busy, no schema cache
_AWAY = ("PGRST000", "PGRST001", "PGRST002", "PGRST003")
# of whatever stands before it: too slow, too many requests
_LATER = ("408", "429")
# no such function, column, table; and by Postgres itself: column, function, table
_NOT_PUSHED = ("PGRST202", "PGRST204", "PGRST205", "42703", "42883", "42P01")
_NOT_ACCEPTED = ("PGRST300", "PGRST301", "PGRST302", "PGRST303", "401", "403")
_KEYS = "Project settings, API keys"
_SECRET = f"set SUPABASE_SECRET_KEY to the secret key, sb_secret_... ({_KEYS})"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and whom."""

    url: str
    key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)  # of a user

    @property
    def target(self) -> str:
        return f"Supabase {self.url}"


def check_key(identity: Identity) -> None:
    """Before anything is sent.

    Raises:
        NotConfiguredError: a key that may not do a worker's work, and no user's token.
    """
    if identity.token is not None:
        return
    kind = kind_of(identity.key)
    if kind == "publishable":
        raise NotConfiguredError(f"SUPABASE_SECRET_KEY holds a publishable key; {_SECRET}")
    if kind == "anon":
        raise NotConfiguredError(f"SUPABASE_SECRET_KEY holds the legacy anon key; {_SECRET}")


def kind_of(key: str) -> str:
    """secret, publishable, unknown; of a legacy key, which is a token, the role it states."""
    for kind in ("secret", "publishable"):
        if key.startswith(f"sb_{kind}_"):
            return kind
    parts = key.split(".")
    if len(parts) != 3:
        return "unknown"
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return str(claims["role"])
    except (ValueError, KeyError, TypeError):
        return "unknown"


def meaning(identity: Identity, error: APIError) -> CampaignbaseError:
    code, message, hint = str(error.code or ""), error.message or "it gave no reason", error.hint
    target = identity.target
    if code in (*_AWAY, *_LATER) or (code.startswith("5") and len(code) == 3):
        return UnreachableError(f"{target} does not answer: {_told(message, error.details)} ({code})")
    if code in _NOT_PUSHED:
        return NotConfiguredError(
            f"{target} lacks a part of Campaignbase's schema ({message});"
            " push the migrations: supabase db push --remote"
        )
    if code in _NOT_ACCEPTED or not code:
        return NotConfiguredError(f"{target}: {message}; {_advice(identity, message)}")
    if code == "42501" and "row-level security" not in message:
        return NotConfiguredError(f"{target}: {message}; {hint or _grant(identity)}")
    return refusal(target, code, message, hint)


def _told(message: str, details: Any) -> str:
    """A proxy's page is no JSON: the library says so, and keeps the page."""
    return message if "JSON" not in message else str(details or message)[:200]


def _advice(identity: Identity, message: str) -> str:
    if identity.token is not None:
        if "api key" in message.lower():
            return f"is the publishable key, sb_publishable_..., this project's ({_KEYS})?"
        if "expired" in message.lower():
            return "the session is over: sign in again"
        return "the token must be an access token of this very project's users, unexpired"
    if kind_of(identity.key) == "service_role":
        return f"this is the legacy service_role key, which the project may have disabled: {_SECRET}"
    return f"is it another project's? {_SECRET}"


def _grant(identity: Identity) -> str:
    if identity.token is not None:
        return "signed-in users may not do that; the worker may, with SUPABASE_SECRET_KEY"
    return (
        "the migrations grant that to service_role alone: push them (supabase db push --remote),"
        " use the secret key"
    )
