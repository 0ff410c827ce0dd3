"""A session in a file outlives its token."""

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from campaignbase.errors import NotConfiguredError, UnreachableError
from campaignbase.mcp import renewal
from campaignbase.mcp.renewal import Session

PROJECT = "https://project.example"


def answer(number: int, seconds: float) -> dict[str, Any]:
    access = jwt.encode({"n": number, "exp": time.time() + seconds}, "x" * 32, "HS256")
    return {
        "access_token": access,
        "refresh_token": f"refresh-{number}",
        "user": {"email": "ann@example.com"},
    }


class AuthServer:
    """Each refresh token is good once."""

    def __init__(self) -> None:
        self.number = 1
        self.asked = 0
        self.status = 200

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == f"{PROJECT}/auth/v1/token?grant_type=refresh_token"
        assert request.headers["apikey"] == "publishable"
        self.asked += 1
        await asyncio.sleep(0)
        if self.status != 200:
            return httpx.Response(self.status, json={"msg": "not now"})
        if json.loads(request.content) != {"refresh_token": f"refresh-{self.number}"}:
            return httpx.Response(400, json={"msg": "Invalid Refresh Token: Already Used"})
        self.number += 1
        return httpx.Response(200, json=answer(self.number, 3600))


@pytest.fixture
def server() -> AuthServer:
    return AuthServer()


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    def keep(told: dict[str, Any]) -> Path:
        file = tmp_path / "session.json"
        file.touch(0o600)
        file.write_text(json.dumps(told))
        return file

    return keep


def session(file: Path, server: AuthServer) -> Session:
    http = httpx.AsyncClient(transport=httpx.MockTransport(server))
    return Session(file, PROJECT, "publishable", http)


Keep = Callable[[dict[str, Any]], Path]


async def test_a_token_is_renewed_once_before_it_ends_and_kept(server: AuthServer, kept: Keep) -> None:
    file = kept(answer(1, 30))
    one = session(file, server)
    tokens = await asyncio.gather(*(one.token() for _ in range(20)))
    assert (len(set(tokens)), server.asked) == (1, 1)
    assert json.loads(file.read_text())["refresh_token"] == "refresh-2"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert await session(file, server).token() == tokens[0]  # the next process
    assert server.asked == 1


async def test_a_fresh_token_is_used_as_it_is(server: AuthServer, kept: Keep) -> None:
    told = answer(1, 3600)
    assert await session(kept(told), server).token() == told["access_token"]
    assert server.asked == 0


async def test_requests_carry_it_and_a_refused_one_is_renewed(server: AuthServer, kept: Keep) -> None:
    told = answer(1, 3600)
    seen = []

    def api(request: httpx.Request) -> httpx.Response:
        seen.append((request.headers["Authorization"].removeprefix("Bearer "), request.content))
        return httpx.Response(401 if seen[-1][0] == told["access_token"] else 200)

    file = kept(told)
    signing = session(file, server)
    async with httpx.AsyncClient(transport=httpx.MockTransport(api), auth=signing) as http:
        assert (await http.post("http://api/x", json={"a": 1})).status_code == 200
    renewed = json.loads(file.read_text())["access_token"]
    assert seen == [(told["access_token"], b'{"a":1}'), (renewed, b'{"a":1}')]


async def test_two_programs_share_a_file(server: AuthServer, kept: Keep) -> None:
    file = kept(answer(1, 30))
    one, other = session(file, server), session(file, server)
    assert len(set(await asyncio.gather(one.token(), other.token()))) == 1


async def test_a_refused_session_says_what_to_do(
    server: AuthServer, kept: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "BESIDE_SECONDS", 0.0)
    server.number = 5
    file = kept(answer(1, 30))
    with pytest.raises(NotConfiguredError) as caught:
        await session(file, server).token()
    assert str(caught.value) == (
        f"the session of {file} is refused (Invalid Refresh Token: Already Used);"
        " sign in again and write the answer to that file (docs/mcp.md shows the command)"
    )


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_an_auth_server_that_is_away_is_tried_again(
    server: AuthServer, kept: Keep, status: int
) -> None:
    server.status = status
    told = answer(1, 30)
    file = kept(told)
    assert await session(file, server).token() == told["access_token"]  # good for half a minute yet
    kept(answer(1, -1))
    ended = session(file, server)
    with pytest.raises(UnreachableError, match=f"the auth server answered {status}; try again"):
        await ended.token()
    server.status = 200
    assert await ended.token()


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        (None, 0o600, "cannot read"),
        ("", 0o600, "holds no session"),
        ("[]", 0o600, "holds no session"),
        ('{"access_token": "x", "refresh_token": "y"}', 0o600, "holds no session"),
        (json.dumps(answer(1, 60)), 0o644, "others may read it; run: chmod 600"),
    ],
)
def test_a_file_that_is_no_session(
    tmp_path: Path, server: AuthServer, text: str | None, mode: int, told: str
) -> None:
    file = tmp_path / "session.json"
    if text is not None:
        file.write_text(text)
        file.chmod(mode)
    with pytest.raises(NotConfiguredError, match=told):
        session(file, server)
