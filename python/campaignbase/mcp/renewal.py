"""A user's session in a file: its access token is renewed before it ends, and the file with it.

The file is what the project's auth server answers to a sign-in. A refresh token is good for one renewal, so
the next one is written back; programs that share the file read what another one has renewed.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastmcp.utilities.auth import decode_jwt_payload

from campaignbase.errors import NotConfiguredError, UnreachableError

MARGIN_SECONDS = 60.0  # a token is renewed so long before it ends
BESIDE_SECONDS = 0.5  # another program may just be writing what it got for the same refresh token
SIGN_IN = "sign in again and write the answer to that file (docs/mcp.md shows the command)"


@dataclass(frozen=True, slots=True)
class Tokens:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float  # seconds since 1970


class Session(httpx.Auth):
    """Signs requests to the API. One renewal at a time, whoever waits for it."""

    def __init__(
        self,
        file: Path,
        project: str,
        key: str,
        http: httpx.AsyncClient,
        now: Callable[[], float] = time.time,
    ) -> None:
        """
        Args:
            project: its URL.
            key: the publishable one.
            http: for the auth server; stays the caller's.
        Raises:
            NotConfiguredError: the file holds no session, or others may read it.
        """
        self._file = file.expanduser()
        self._url = f"{project}/auth/v1/token?grant_type=refresh_token"
        self._key = key
        self._http = http
        self._now = now
        self._renewing = asyncio.Lock()
        self._kept = self._read()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = await self.token()
        request.headers["Authorization"] = f"Bearer {token}"
        answer = yield request
        if answer.status_code == 401:  # it ended before its time: a sign-out, another clock
            request.headers["Authorization"] = f"Bearer {await self.token(refused=token)}"
            yield request

    async def token(self, refused: str | None = None) -> str:
        """One that is good for a while.

        Args:
            refused: this one is not, whatever it says.
        Raises:
            NotConfiguredError: the session cannot be renewed; a person must sign in.
            UnreachableError: the auth server does not answer.
        """
        if not self._good(refused):
            async with self._renewing:
                if not self._good(refused):
                    self._kept = self._read()
                if not self._good(refused):
                    await self._renew(refused)
        return self._kept.access

    def _good(self, refused: str | None) -> bool:
        return self._kept.access != refused and self._kept.expires_at - self._now() > MARGIN_SECONDS

    async def _renew(self, refused: str | None) -> None:
        try:
            self._kept = await self._renewed()
        except UnreachableError:
            if self._kept.access == refused or self._kept.expires_at <= self._now():
                raise  # else it is good for some seconds yet

    async def _renewed(self) -> Tokens:
        used = self._kept.refresh
        try:
            answer = await self._http.post(
                self._url, headers={"apikey": self._key}, json={"refresh_token": used}
            )
            told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnreachableError(
                f"the session of {self._file} cannot be renewed: the auth server does not answer"
                f" ({str(error) or type(error).__name__}); try again"
            ) from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise UnreachableError(
                f"the session of {self._file} cannot be renewed now:"
                f" the auth server answered {answer.status_code}; try again"
            )
        if answer.is_error:
            await asyncio.sleep(BESIDE_SECONDS)
            theirs = self._read()
            if theirs.refresh != used and theirs.expires_at > self._now():
                return theirs
            reason = told.get("msg") or told.get("error_description") or f"HTTP {answer.status_code}"
            raise NotConfiguredError(f"the session of {self._file} is refused ({reason}); {SIGN_IN}")
        found = _tokens(told)
        if found is None:
            raise UnreachableError(f"the auth server renewed {self._file} by what is no session; {SIGN_IN}")
        self._write(told)
        return found

    def _read(self) -> Tokens:
        try:
            if os.name == "posix" and self._file.stat().st_mode & 0o077:
                raise NotConfiguredError(
                    f"{self._file} holds a session and others may read it; run: chmod 600 {self._file}"
                )
            found = _tokens(json.loads(self._file.read_text(encoding="utf-8")))
        except OSError as error:
            raise NotConfiguredError(f"cannot read {self._file} ({error.strerror}); {SIGN_IN}") from error
        except ValueError:
            found = None
        if found is None:
            raise NotConfiguredError(
                f"{self._file} holds no session; expected JSON with access_token and refresh_token; {SIGN_IN}"
            )
        return found

    def _write(self, told: dict[str, Any]) -> None:
        unfinished = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
        try:
            unfinished.unlink(missing_ok=True)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(told, file, indent=2)
            unfinished.replace(self._file)
        except OSError as error:
            raise NotConfiguredError(
                f"the session was renewed, but cannot be kept in {self._file} ({error.strerror});"
                " make the file and its folder writable, then sign in again"
            ) from error


def _tokens(told: Any) -> Tokens | None:
    """None: it is no session."""
    try:
        access, refresh = told["access_token"], told["refresh_token"]
        ends = float(decode_jwt_payload(access)["exp"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return Tokens(access, refresh, ends) if isinstance(refresh, str) and refresh else None
