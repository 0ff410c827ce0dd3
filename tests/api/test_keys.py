"""Keys looked up, their users signed in, their log written: also where the other side does not play along."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from campaignbase.api import keys
from campaignbase.api.key_users import EARLY_SECONDS, KeyUsers
from campaignbase.api.keys import KeyLog, KnownKeys
from campaignbase.api.problems import ProblemError
from campaignbase.core.api_keys import password, token_of
from campaignbase.errors import InputError, UnreachableError
from campaignbase.models.api_keys import ApiKey, ApiRequest, FoundApiKey

TEXT = token_of(bytes(32)).text
KEY = ApiKey(
    *("1b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", "w", "robot", "00000000", "viewer", ("content:read",)),
    *(None, None, datetime(2026, 1, 1, tzinfo=UTC), None, None, None),
)
FOUND = FoundApiKey(KEY, expired=False, signing_key="s")
REQUEST = ApiRequest("l", KEY.id, "GET", "/content", 200, "r", "10.0.0.7", 0.0)


class Shelf:
    """A store that finds one key, and is away when told so."""

    def __init__(self) -> None:
        self.found: FoundApiKey | None = FOUND
        self.asked = 0
        self.written: list[ApiRequest] = []
        self.error: Exception | None = None

    async def find_api_key(self, token_hash: str) -> FoundApiKey | None:
        self.asked += 1
        await asyncio.sleep(0)
        return self.found

    async def log_api_requests(self, requests: Sequence[ApiRequest]) -> int:
        if self.error is not None:
            raise self.error
        self.written += requests
        return len(requests)


class AuthServer:
    """As Supabase Auth answers; `answers` come instead, one a request."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.answers: list[httpx.Response | Exception] = []
        self.foreign_ids = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path.removeprefix('/auth/v1')}")
        assert request.headers["apikey"] == "sb_secret_x"
        token = f"t{len(self.asked)}"
        await asyncio.sleep(0)
        if self.answers:
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        body = json.loads(request.content or b"{}")
        if request.method == "DELETE":
            gone = self.users.pop(request.url.path.rpartition("/")[2], None)
            return httpx.Response(200 if gone else 404, json={})
        known = {user["email"]: user for user in self.users.values()}
        if request.url.path.endswith("/token"):
            user = known.get(body["email"])
            if user is None or user["password"] != body["password"]:
                return httpx.Response(400, json={"error_code": "invalid_credentials"})
            told = {"access_token": token, "expires_in": 3600, "user": {"id": user["id"]}}
            return httpx.Response(200, json=told)
        if body["email"] in known:
            return httpx.Response(422, json={"error_code": "email_exists"})
        key = "another" if self.foreign_ids else body["id"]
        self.users[key] = {**body, "id": key}
        return httpx.Response(200, json={"id": key})

    def open(self, clock: Callable[[], float] = lambda: 0.0) -> KeyUsers:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return KeyUsers("https://p.example", "sb_secret_x", http, clock)


async def test_a_key_is_asked_for_once_in_two_seconds() -> None:
    shelf, now = Shelf(), [0.0]
    known = KnownKeys(shelf, lambda: now[0])  # type: ignore[arg-type]
    assert [await known.find(TEXT) for _ in range(3)] == [FOUND] * 3
    now[0] = 2.0
    await known.find(TEXT)
    assert shelf.asked == 1
    now[0] = 2.1
    await known.find(TEXT)
    assert shelf.asked == 2
    known.forget(KEY.id)
    shelf.found = None
    for _ in range(2):  # that it is not there is asked for each time
        with pytest.raises(ProblemError, match="not known"):
            await known.find(TEXT)
    assert shelf.asked == 4


async def test_few_keys_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "MOST_KNOWN", 2)
    shelf = Shelf()
    known = KnownKeys(shelf, lambda: 0.0)  # type: ignore[arg-type]
    for number in (1, 2, 3, 1):
        await known.find(token_of(number.to_bytes(32)).text)
    assert (shelf.asked, len(known._known)) == (4, 2)


async def test_a_keys_user_is_made_once_and_signed_in_until_its_session_ends() -> None:
    server, now = AuthServer(), [0.0]
    users = server.open(lambda: now[0])
    tokens = await asyncio.gather(*(users.token(FOUND, TEXT) for _ in range(20)))
    assert set(tokens) == {"t3"}
    assert server.asked == ["POST /token", "POST /admin/users", "POST /token"]
    [made] = server.users.values()
    assert (made["id"], made["password"]) == (KEY.id, password("s", TEXT))
    assert TEXT not in str(made)
    now[0] = 3600 - EARLY_SECONDS - 1
    assert await users.token(FOUND, TEXT) == "t3"
    now[0] += 1
    assert await users.token(FOUND, TEXT) == "t4"
    await users.remove(KEY.id)
    await users.remove(KEY.id)  # gone already
    assert server.users == {}


async def test_another_process_makes_the_user_first() -> None:
    server = AuthServer()
    one, other = server.open(), server.open()
    assert len(set(await asyncio.gather(one.token(FOUND, TEXT), other.token(FOUND, TEXT)))) == 2
    assert len(server.users) == 1


@pytest.mark.parametrize(
    ("answers", "told", "after"),
    [
        ([httpx.ConnectError("no")], "auth server does not answer", "5"),
        (
            [
                httpx.Response(
                    429, json={"error_code": "over_request_rate_limit"}, headers={"Retry-After": "9"}
                )
            ],
            "answered 429 over_request_rate_limit",
            "9",
        ),
        ([httpx.Response(502, text="<html>")], "answered 502", "5"),
        (
            [httpx.Response(400, json={"error_code": "email_provider_disabled"})],
            "email_provider_disabled",
            "5",
        ),
        (
            [httpx.Response(400, json={"error_code": "invalid_credentials"})] * 1
            + [httpx.Response(422, json={"error_code": "email_exists"})]
            + [httpx.Response(400, json={"error_code": "invalid_credentials"})],
            "another user for this API key",
            None,
        ),
    ],
)
async def test_an_auth_server_that_refuses(answers: list[Any], told: str, after: str | None) -> None:
    server = AuthServer()
    server.answers = list(answers)
    users = server.open()
    with pytest.raises(ProblemError, match=told) as caught:
        await users.token(FOUND, TEXT)
    assert (caught.value.status, caught.value.headers.get("Retry-After")) == (503, after)
    assert await users.token(FOUND, TEXT)  # nothing of it is kept


async def test_a_server_that_gives_ids_of_its_own_is_too_old() -> None:
    server = AuthServer()
    server.foreign_ids = True
    with pytest.raises(ProblemError, match="too old for API keys"):
        await server.open().token(FOUND, TEXT)
    assert server.users == {}


async def test_a_caller_that_goes_away_ends_nobody_elses_sign_in() -> None:
    server = AuthServer()
    users = server.open()
    gone = asyncio.create_task(users.token(FOUND, TEXT))
    stays = asyncio.create_task(users.token(FOUND, TEXT))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == "t3"


async def test_the_log_outlives_a_database_that_is_away() -> None:
    shelf = Shelf()
    log = KeyLog(shelf)  # type: ignore[arg-type]
    rows = [replace(REQUEST, request_id=str(number)) for number in range(keys.BATCH + 1)]
    for row in rows:
        log.note(row)
    shelf.error = UnreachableError("away")
    await log.write()
    assert shelf.written == []
    shelf.error = None
    await log.write()
    assert [one.request_id for one in shelf.written] == [one.request_id for one in rows]
    assert all(0 <= one.seconds_ago < 60 for one in shelf.written)


async def test_a_log_that_is_refused_or_grows_too_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keys, "MOST_WAITING", 2)
    shelf = Shelf()
    log = KeyLog(shelf)  # type: ignore[arg-type]
    for _ in range(3):
        log.note(REQUEST)
    shelf.error = InputError("no")
    await log.write()
    assert "2 requests of API keys were not logged" in caplog.text
    assert "1 requests of API keys were not logged: too many waited" in caplog.text
    shelf.error = None
    await log.write()
    assert shelf.written == []


async def test_what_waits_is_written_at_the_end() -> None:
    shelf = Shelf()
    log = KeyLog(shelf)  # type: ignore[arg-type]
    log.start()
    log.note(REQUEST)
    await log.aclose()
    assert [one.request_id for one in shelf.written] == ["r"]
