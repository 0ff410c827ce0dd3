"""Whose token is believed: every way a token can be wrong, and what is said when nothing can be told."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from starlette.applications import Starlette
from starlette.authentication import AuthenticationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.api.serving import serving

from campaignbase.core.api_keys import token_of
from campaignbase.mcp.callers import KEY_SECONDS, MOST_REFUSED, ProjectCallers

SECRET = "a development secret of 32 bytes"
EC, OTHER_EC = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
KEY, *GUESSES = [token_of(bytes([place]) * 32).text for place in range(MOST_REFUSED + 2)]


class Project:
    """The auth server's published keys, and an API that knows one key."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.asked = 0

    def published(self, _: Request) -> Response:
        keys = [
            {**jwt.algorithms.ECAlgorithm.to_jwk(EC.public_key(), as_dict=True), "kid": "e", "alg": "ES256"},
            {
                **jwt.algorithms.RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True),
                "kid": "r",
                "alg": "RS256",
            },
        ]
        return JSONResponse({"keys": keys}, self.status)

    def api(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        known = request.headers["Authorization"] == f"Bearer {KEY}"
        return httpx.Response(self.status if self.status != 200 else 422 if known else 401)

    def callers(self, secret: str | None = None, **options: Any) -> ProjectCallers:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.api), base_url="http://api")
        return ProjectCallers(self.url, http, secret, **options)

    def token(self, key: Any = EC, algorithm: str = "ES256", kid: str = "e", **claims: Any) -> str:
        stated = {
            "iss": f"{self.url}/auth/v1", "aud": "authenticated", "role": "authenticated", "sub": "ann",
            "exp": int(time.time()) + 60, **claims,
        }  # fmt: skip
        given = {name: value for name, value in stated.items() if value is not None}
        return jwt.encode(given, key, algorithm, {"kid": kid})


@pytest.fixture
def project() -> Iterator[Project]:
    made = Project()
    with serving(Starlette(routes=[Route("/auth/v1/.well-known/jwks.json", made.published)])) as url:
        made.url = url
        yield made


async def test_users_of_the_project_are_believed(project: Project) -> None:
    callers = project.callers()
    for token in (project.token(), project.token(RSA, "RS256", "r")):
        found = await callers.verify_token(token)
        assert found is not None
        assert (found.subject, found.token) == ("ann", token)
    secret = project.callers(SECRET)
    assert await secret.verify_token(project.token(SECRET, "HS256"))
    assert await secret.verify_token(project.token(SECRET, "HS256", iss=None))  # as the offline stack signs


async def test_others_are_not(project: Project) -> None:
    callers, secret = project.callers(), project.callers(SECRET)
    wrong = {
        "expired": project.token(exp=int(time.time()) - 60),
        "never ends": project.token(exp=None),
        "nobody": project.token(sub=None),
        "another project": project.token(iss="https://other.example/auth/v1"),
        "no project": project.token(iss=None),
        "another audience": project.token(aud="elsewhere"),
        "not signed in": project.token(role="anon"),
        "a service": project.token(role="service_role"),
        "another key": project.token(OTHER_EC),
        "a key nobody published": project.token(OTHER_EC, kid="x"),
        "the key of another algorithm": project.token(kid="r"),
        "development": project.token(SECRET, "HS256"),
        "unsigned": project.token(None, "none"),
        "no token": "sb_secret_x",
        "blank": "",
        "no object": "W10.W10.W10",
    }
    assert {name for name, token in wrong.items() if await callers.verify_token(token)} == set()
    for token in (
        project.token("another secret that is as long as it", "HS256"),
        project.token(SECRET, "HS256", iss="https://other.example/auth/v1"),
    ):
        assert await secret.verify_token(token) is None


async def test_a_token_is_not_wrong_because_the_auth_server_is_away(project: Project) -> None:
    project.status = 500
    callers = project.callers()
    for _ in range(2):  # the second does not ask again
        with pytest.raises(AuthenticationError, match="auth server cannot be read"):
            await callers.verify_token(project.token())


async def test_a_key_is_the_apis_to_judge_and_asked_about_once_in_a_while() -> None:
    project, now = Project(), [0.0]
    callers = project.callers(now=lambda: now[0])
    for _ in range(3):
        found = await callers.verify_token(KEY)
        assert found is not None
        assert (found.token, found.expires_at) == (KEY, None)
    assert project.asked == 1
    now[0] = KEY_SECONDS + 1
    project.status = 401  # revoked
    assert await callers.verify_token(KEY) is None
    project.status = 503
    with pytest.raises(AuthenticationError, match="cannot say now"):
        await callers.verify_token(KEY)


async def test_guessed_keys_do_not_shut_the_api_for_all() -> None:
    project, now = Project(), [0.0]
    callers = project.callers(now=lambda: now[0])
    await callers.verify_token(KEY)
    for guess in GUESSES[:MOST_REFUSED]:
        assert await callers.verify_token(guess) is None
    assert await callers.verify_token(f"{KEY[:-1]}x") is None  # no key by its checksum: not even asked about
    with pytest.raises(AuthenticationError, match="too many keys"):
        await callers.verify_token(GUESSES[-1])
    now[0] = KEY_SECONDS + 1
    for guess in GUESSES[:MOST_REFUSED]:
        assert await callers.verify_token(guess) is None
    assert await callers.verify_token(KEY)  # one that held is asked about all the same
    assert project.asked == 1 + 2 * MOST_REFUSED + 1
