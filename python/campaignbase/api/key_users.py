"""The users that requests with API keys run as, on a Supabase project: made at first use, signed in here.

A key's user has the key's id. Its password is made of the key and of what the database keeps for it: neither
who holds a key nor who reads the database can sign in as that user, past the key's scopes.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from campaignbase.api.problems import ProblemError
from campaignbase.core.api_keys import password
from campaignbase.models.api_keys import FoundApiKey

DOMAIN = "api-keys.campaignbase.internal"  # never delegated: no mail goes there
EARLY_SECONDS = 60.0  # before its end a session is made anew
MOST_SESSIONS = 1000
RETRY_SECONDS = 5


class KeyUsers:
    """Sessions stay in memory, one a key; readers of a missing one wait for the same sign-in."""

    def __init__(
        self, url: str, secret_key: str, http: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = f"{url}/auth/v1"
        self._headers = {"apikey": secret_key}
        self._http = http
        self._clock = clock
        self._sessions: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._signing_in: dict[str, asyncio.Task[str]] = {}

    async def token(self, found: FoundApiKey, text: str) -> str:
        """An access token of the key's user. Raises ProblemError 503."""
        held = self._sessions.get(found.key.id)
        if held is not None and self._clock() < held[1]:
            self._sessions.move_to_end(found.key.id)
            return held[0]
        task = self._signing_in.get(found.key.id)
        if task is None:
            task = asyncio.create_task(self._open(found.key.id, password(found.signing_key, text)))
            self._signing_in[found.key.id] = task
            task.add_done_callback(lambda _: self._signing_in.pop(found.key.id, None))
        return await asyncio.shield(task)

    async def remove(self, key_id: str) -> None:
        """Of a key that was revoked: row level security shows it nothing already. Raises ProblemError 503."""
        self._sessions.pop(key_id, None)
        answer = await self._ask("DELETE", f"/admin/users/{key_id}")
        if answer.status_code not in (200, 204, 404):
            raise _trouble(answer, "removing a key's user")

    async def _open(self, key_id: str, secret: str) -> str:
        asked = self._clock()
        session = await self._sign_in(key_id, secret)
        if session is None:
            await self._create(key_id, secret)
            session = await self._sign_in(key_id, secret)
        if session is None or session["user"]["id"] != key_id:
            raise ProblemError(
                503, "the auth server has another user for this API key; revoke it and make a new one"
            )
        ends = asked + float(session["expires_in"]) - EARLY_SECONDS
        self._sessions[key_id] = (str(session["access_token"]), ends)
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return str(session["access_token"])

    async def _sign_in(self, key_id: str, secret: str) -> Mapping[str, Any] | None:
        """None: there is no such user yet."""
        answer = await self._ask(
            "POST", "/token?grant_type=password", {"email": _address(key_id), "password": secret}
        )
        if answer.status_code == 400 and _code(answer) in ("invalid_credentials", "invalid_grant"):
            return None
        if answer.status_code != 200:
            raise _trouble(answer, "signing an API key's user in")
        session: Mapping[str, Any] = answer.json()
        return session

    async def _create(self, key_id: str, secret: str) -> None:
        answer = await self._ask(
            "POST",
            "/admin/users",
            {
                "id": key_id,
                "email": _address(key_id),
                "password": secret,
                "email_confirm": True,
                "app_metadata": {"campaignbase": "api key"},
            },
        )
        # another process was here first
        if answer.status_code == 422 and _code(answer) in ("email_exists", "user_already_exists"):
            return
        if answer.status_code not in (200, 201):
            raise _trouble(answer, "making an API key's user")
        if answer.json().get("id") != key_id:  # before it is of any use to anybody
            await self._ask("DELETE", f"/admin/users/{answer.json().get('id')}")
            raise ProblemError(503, "the auth server is too old for API keys: it gives users ids of its own")

    async def _ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        try:
            return await self._http.request(method, f"{self._url}{path}", headers=self._headers, json=body)
        except httpx.HTTPError as error:
            raise ProblemError(
                503, "the project's auth server does not answer", headers={"Retry-After": str(RETRY_SECONDS)}
            ) from error


def _address(key_id: str) -> str:
    return f"{key_id}@{DOMAIN}"


def _code(answer: httpx.Response) -> str | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    return (told.get("error_code") or told.get("error")) if isinstance(told, dict) else None


def _trouble(answer: httpx.Response, doing: str) -> ProblemError:
    after = answer.headers.get("Retry-After", str(RETRY_SECONDS))
    told = f"{answer.status_code} {_code(answer) or ''}".rstrip()
    return ProblemError(
        503,
        f"{doing} failed: the project's auth server answered {told}",
        headers={"Retry-After": after if after.isdigit() else str(RETRY_SECONDS)},
    )
