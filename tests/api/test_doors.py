"""Who comes in, and how much of it."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr
from tests.api.conftest import Api, client, opened, settings
from tests.support.stack import Stack

from campaignbase.api.app import check_host, open_backend
from campaignbase.api.auth import ProjectUsers
from campaignbase.api.limits import MAX_BODY
from campaignbase.api.problems import ProblemError
from campaignbase.errors import InputError, NotConfiguredError

URL = "https://project.example"
SECRET = "s" * 40


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A file behind a token, where others can reach it."""
    async with AsyncExitStack() as holder:
        loaded = settings(campaignbase_api_token=SecretStr("open sesame"))
        app = await opened(holder, loaded, str(tmp_path / "a.db"), hosts=None, token=True)
        yield await holder.enter_async_context(client(app))


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (None, 401),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        ("Basic b3Blbg==", 401),
        ("Bearer open sesame", 401),  # a blank in a token
        ("Bearer ö", 401),  # not ASCII
    ],
)
async def test_a_wrong_token_of_a_file(
    guarded: httpx.AsyncClient, authorization: str | None, status: int
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode()}
    answer = await guarded.get("/content", headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (status, "Bearer")
    assert (await guarded.get("/health/live")).status_code == 200


async def test_the_right_token_of_a_file(tmp_path: Path) -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(campaignbase_api_token=SecretStr("sesame"))
        app = await opened(holder, loaded, str(tmp_path / "a.db"), hosts=None, token=True)
        asking = await holder.enter_async_context(client(app))
        answer = await asking.get(
            "/content", headers={"Authorization": "Bearer sesame", "Host": "me.example"}
        )
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost:8000"}, 200),
        ({"Host": "127.0.0.1:8000"}, 200),
        ({"Host": "[::1]:8000"}, 200),
        ({"Host": "LOCALHOST."}, 200),
        ({"Host": "evil.example"}, 421),  # a name that was made to lead here
        ({"Host": "localhost.evil.example"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Origin": "https://evil.example"}, 421),
        ({"Origin": "null"}, 421),
    ],
)
async def test_a_file_without_a_token_is_this_machines_alone(
    local: Api, headers: Mapping[str, str], status: int
) -> None:
    assert (await local.alice.get("/content", headers=headers)).status_code == status


@pytest.mark.parametrize(
    ("values", "database", "host", "error", "told"),
    [
        ({}, "postgresql://me@db/x", "127.0.0.1", NotConfiguredError, "must run as their users"),
        ({}, "x.db", "0.0.0.0", NotConfiguredError, "set CAMPAIGNBASE_API_TOKEN"),
        ({"supabase_url": URL}, None, "127.0.0.1", NotConfiguredError, "SUPABASE_PUBLISHABLE_KEY is not"),
        (
            {"supabase_url": URL, "supabase_publishable_key": SecretStr("sb_secret_x")},
            None,
            "127.0.0.1",
            NotConfiguredError,
            "holds a secret key",
        ),
        (
            {"supabase_publishable_key": SecretStr("sb_publishable_x")},
            None,
            "127.0.0.1",
            NotConfiguredError,
            "SUPABASE_PUBLISHABLE_KEY is set, SUPABASE_URL is not",
        ),
        (
            {"supabase_url": URL, "campaignbase_database": "x.db"},
            None,
            "127.0.0.1",
            InputError,
            "two targets are configured",
        ),
    ],
)
def test_what_is_not_served_and_why(
    values: dict[str, Any], database: str | None, host: str, error: type[Exception], told: str
) -> None:
    loaded = settings(**values)
    with pytest.raises(error, match=told):
        check_host(loaded, open_backend(loaded, database), host)


# tokens

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def published(key: Any, name: str) -> dict[str, Any]:
    return {**jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "alg": "ES256"}


def token(key: Any = KEY, algorithm: str = "ES256", name: str = "k1", **claims: Any) -> str:
    stated = {
        "sub": "u1",
        "aud": "authenticated",
        "role": "authenticated",
        "iss": f"{URL}/auth/v1",
        "exp": time.time() + 86400,  # some are made when the tests are collected
    }
    stated = {claim: value for claim, value in {**stated, **claims}.items() if value is not None}
    return jwt.encode(stated, key, algorithm, headers={"kid": name})


class AuthServer:
    """Publishes keys, and counts who asks."""

    def __init__(self) -> None:
        self.keys = [published(KEY, "k1")]
        self.asked = 0
        self.status = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/auth/v1/.well-known/jwks.json"
        self.asked += 1
        return httpx.Response(self.status, json={"keys": self.keys})

    def users(self, secret: str | None = None) -> ProjectUsers:
        return ProjectUsers(URL, httpx.AsyncClient(transport=httpx.MockTransport(self)), secret)


async def test_a_users_token() -> None:
    server = AuthServer()
    users = server.users()
    caller = await users.caller(f"Bearer {token()}")
    assert caller.id == "u1"
    await users.caller(f"bearer {token(sub='u2')}")
    assert server.asked == 1
    # the offline stack names no issuer
    await server.users(SECRET).caller(f"Bearer {token(SECRET, 'HS256', iss=None)}")
    hs = await server.users(SECRET).caller(f"Bearer {token(SECRET, 'HS256')}")
    assert hs.id == "u1"


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (token(exp=time.time() - 60), "expired"),
        (token(exp=None), "not an access token"),
        (token(aud="other"), "not for 'authenticated'"),
        (token(iss="https://other.example/auth/v1"), "another project"),
        (token(iss=None), "another project"),
        (token(role="service_role"), "not of a signed-in user"),
        (token(role="anon"), "not of a signed-in user"),
        (token(sub=None), "not an access token"),
        (token(OTHER), "not an access token"),  # the right name, the wrong key
        (token(OTHER, name="k2"), "does not publish"),
        (token(SECRET, "HS256"), "HS256 are not accepted"),
        (jwt.encode({"sub": "u1"}, None, "none"), "algorithm is not accepted"),
        ("sb_publishable_x", "not an access token"),
        ("a.b.c", "not an access token"),
    ],
)
async def test_tokens_that_are_not_believed(made: str, told: str) -> None:
    with pytest.raises(ProblemError, match=told) as caught:
        await AuthServer().users().caller(f"Bearer {made}")
    assert caught.value.status == 401


async def test_the_published_key_is_no_secret_for_hs256() -> None:
    """The oldest trick: sign by HS256 with the public key's own text."""
    forged = token(SECRET, "HS256")
    with pytest.raises(ProblemError):
        await AuthServer().users("another secret, as long as it needs to be").caller(f"Bearer {forged}")


async def test_unknown_keys_do_not_make_us_ask_each_time() -> None:
    server = AuthServer()
    users = server.users()
    for number in range(20):
        with pytest.raises(ProblemError):
            await users.caller(f"Bearer {token(OTHER, name=f'x{number}')}")
    assert server.asked == 1


async def test_keys_that_cannot_be_read_are_nobodys_fault() -> None:
    server = AuthServer()
    server.status = 500
    with pytest.raises(ProblemError) as caught:
        await server.users().caller(f"Bearer {token()}")
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "5"})


async def test_tokens_over_http(stack: Stack) -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(
            supabase_url=stack.url,
            supabase_publishable_key=SecretStr(stack.publishable_key),
            development_jwt_secret=SecretStr(stack.jwt_secret),
        )
        app = await opened(holder, loaded)
        asking = await holder.enter_async_context(client(app))
        for wrong in (None, stack.publishable_key, stack.secret_key, stack.token(expires_in=-60)):
            headers = {} if wrong is None else {"Authorization": f"Bearer {wrong}"}
            assert (await asking.get("/content", headers=headers)).status_code == 401
        nobody = {"Authorization": f"Bearer {stack.token()}"}  # signed in, member of nothing
        assert (await asking.get("/content", headers=nobody)).status_code == 404


# how much


async def test_too_many_requests(tmp_path: Path) -> None:
    async with AsyncExitStack() as holder:
        app = await opened(holder, settings(), str(tmp_path / "a.db"), rate="3/minute")
        asking = await holder.enter_async_context(client(app))
        answers = [await asking.get("/categories") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[0].headers["RateLimit-Policy"] == '"default";q=3;w=60'
        assert answers[0].headers["RateLimit"].startswith('"default";r=2;t=')
        assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
        assert (await asking.get("/health/live")).status_code == 200


async def test_guessing_tokens_is_slow(guarded: httpx.AsyncClient) -> None:
    headers = {"Authorization": "Bearer guess"}
    statuses = [(await guarded.get("/content", headers=headers)).status_code for _ in range(61)]
    assert statuses == [401] * 60 + [429]


async def test_a_large_body(local: Api) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b" " * 65536

    said = await local.alice.post(
        "/content",
        content=b"{}",
        headers={"Content-Length": str(MAX_BODY + 1), "Content-Type": "application/json"},
    )
    grown = await local.alice.post(
        "/content", content=endless(), headers={"Content-Type": "application/json"}
    )
    for answer in (said, grown):
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b'{"content": "\\ud800"}', b"\xff", b"null", b"NaN"])
async def test_bodies_that_are_no_json_of_ours(local: Api, body: bytes) -> None:
    answer = await local.alice.post("/content", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_form_of_another_page_writes_nothing(local: Api) -> None:
    """What a browser sends without asking: text/plain that is JSON."""
    answer = await local.alice.post(
        "/content", content=b'{"content": "x"}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 415
    assert (await local.alice.get("/content")).json()["items"] == []


async def test_an_error_of_ours_shows_nothing_of_itself(local: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    store = await local.app.state.backend.store(None)

    async def broken(*_: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(store, "categories", broken)
    answer = await local.alice.get("/categories", headers={"X-Request-Id": "mine-1"})
    assert (answer.status_code, answer.headers["X-Request-Id"]) == (500, "mine-1")
    assert answer.json()["request_id"] == "mine-1"
    assert "hunter2" not in answer.text


async def test_readiness_names_what_fails(local: Api) -> None:
    assert (await local.alice.get("/health/ready")).json() == {
        "status": "ready",
        "parts": {"database": "answers"},
    }
    await (await local.app.state.backend.store(None)).close()
    answer = await local.alice.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "failing", "parts": {"database": "UnreachableError"}},
    )


async def test_a_project_that_is_away() -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(
            supabase_url="http://127.0.0.1:9", supabase_publishable_key=SecretStr("sb_publishable_x")
        )
        app = await opened(holder, loaded)
        asking = await holder.enter_async_context(client(app))
        ready = await asking.get("/health/ready")
        assert (ready.status_code, set(ready.json()["parts"])) == (503, {"database", "auth"})
        assert "answers" not in ready.json()["parts"].values()


async def test_another_method_hears_which_there_are(local: Api) -> None:
    for path, allowed in (
        ("/content", "GET, POST"),
        ("/content/6c82", "GET, PATCH, DELETE"),
        ("/search", "POST"),
    ):
        answer = await local.alice.request("OPTIONS", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_metrics_tell_of_the_cache(local: Api) -> None:
    for _ in range(3):
        await local.alice.post("/search", json={"query": "rain"})
    told = (await local.alice.get("/metrics")).text
    assert 'campaignbase_cache_hits_total{kind="local_embedding",tier="memory"} 2.0' in told
    assert 'campaignbase_cache_computes_total{kind="local_embedding",tier="compute"} 1.0' in told


async def test_metrics_count_by_route(local: Api) -> None:
    await local.alice.get("/campaigns/no-id")
    told = (await local.alice.get("/metrics")).text
    assert (
        'campaignbase_api_requests_total{method="GET",route="/campaigns/{campaign_id}",status="422"} 1.0'
        in told
    )


async def test_a_viewer_reads_and_does_not_write(stack: Stack) -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(
            supabase_url=stack.url,
            supabase_publishable_key=SecretStr(stack.publishable_key),
            development_jwt_secret=SecretStr(stack.jwt_secret),
        )
        app = await opened(holder, loaded)
        owner, viewer = stack.sign_up(), stack.sign_up()
        people = [client(app, headers={"Authorization": f"Bearer {one.token}"}) for one in (owner, viewer)]
        hers, reader = [await holder.enter_async_context(one) for one in people]
        row = (await hers.post("/content", json={"content": "x"})).json()
        with stack.connect() as connection:
            connection.execute(
                "insert into public.workspace_members (workspace_id, user_id, role)"
                " values (%s, %s, 'viewer')",
                [row["workspace_id"], viewer.id],
            )
        # with two workspaces she has to say which
        assert (await reader.get("/content")).status_code == 422
        there = {"workspace": row["workspace_id"]}
        assert [one["id"] for one in (await reader.get("/content", params=there)).json()["items"]] == [
            row["id"]
        ]
        path = f"/content/{row['id']}"
        for method, where, body in (
            ("POST", "/content", {"content": "mine"}),
            ("POST", "/campaigns", {"name": "mine"}),
            ("POST", "/categories", {"name": "mine"}),
            ("PATCH", path, {"content": "mine"}),
            ("DELETE", path, None),
            ("POST", f"{path}/feedback", {"category": "event"}),
        ):
            answer = await reader.request(method, where, json=body, params=there)
            assert answer.status_code in (403, 404), (method, where, answer.text)
        assert (await hers.get(path)).json() == row
