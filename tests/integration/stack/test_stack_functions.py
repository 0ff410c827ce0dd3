"""Edge functions behind the gateway: both styles, their environment, and how one fails alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import stack as stacks
from tests.support.stack import Stack

FUNCTIONS = Path(__file__).resolve().parents[2] / "fixtures" / "supabase" / "functions"


@pytest.fixture(scope="module")
def served(stack: Stack) -> Iterator[Stack]:
    """A second gateway before the same database, with functions of the test's own."""
    started = stacks.start(stack.database, functions=FUNCTIONS)
    yield started
    stacks.finish(started)


def test_a_function_gets_the_request_and_its_environment(served: Stack) -> None:
    answer = served.request("POST", "/functions/v1/echo/deeper?a=1", token="anything", content=b"body")
    assert (answer.status_code, answer.headers["x-echo"]) == (201, "1")
    assert answer.json() == {
        "method": "POST",
        "path": "/echo/deeper?a=1",
        "authorization": "Bearer anything",
        "body": "body",
        "url": served.url,
        "key": served.secret_key,
    }


def test_a_function_that_calls_deno_serve_is_served(served: Stack) -> None:
    user = "00000000-0000-0000-0000-000000000001"
    answer = served.request("GET", "/functions/v1/served", token=served.token(user))
    assert answer.text == f"for {user}"


@pytest.mark.parametrize("name", ["guarded", "served"])  # not named in config.toml, and verify_jwt = true
@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "UNAUTHORIZED_NO_AUTH_HEADER"),
        ("nonsense", "UNAUTHORIZED_INVALID_JWT_FORMAT"),
        ("key", "UNAUTHORIZED_INVALID_JWT_FORMAT"),  # what clients send that signed nobody in
        ("expired", "UNAUTHORIZED_INVALID_JWT_FORMAT"),
        ("foreign", "UNAUTHORIZED_INVALID_JWT_FORMAT"),
    ],
)
def test_callers_are_asked_for_a_token_where_the_project_says_so(
    served: Stack, stack: Stack, name: str, token: str | None, code: str
) -> None:
    given = {
        "key": served.secret_key,
        "expired": served.token(expires_in=-60),
        "foreign": stack.token(),  # of another project
    }
    answer = served.request("POST", f"/functions/v1/{name}", token=token and given.get(token, token))
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert served.request("POST", f"/functions/v1/{name}", token=served.token()).status_code == 200
    if name == "guarded":
        assert served.request("OPTIONS", f"/functions/v1/{name}").text == "OPTIONS"  # of a browser


async def test_the_clients_call_functions(served: Stack) -> None:
    token = served.token()
    async with served.client(token) as client:
        said = await client.functions.invoke("echo", {"body": {"a": 1}, "responseType": "json"})
    assert isinstance(said, dict)
    assert (said["body"], said["authorization"]) == ('{"a":1}', f"Bearer {token}")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("no-such", 404, "NOT_FOUND"),
        ("..%2Fcrash", 404, "NOT_FOUND"),
        ("_shared", 404, "NOT_FOUND"),
        ("off", 404, "NOT_FOUND"),  # enabled = false
        ("", 404, "NOT_FOUND"),
        ("broken", 503, "BOOT_ERROR"),
        ("empty", 503, "BOOT_ERROR"),
        ("crash?throw", 500, "WORKER_ERROR"),
        ("crash?reject", 500, "WORKER_ERROR"),
        ("crash?later", 500, "WORKER_ERROR"),
        ("crash?exit", 500, "WORKER_ERROR"),
    ],
)
def test_a_failure_is_told_as_the_platform_tells_it_and_stays_alone(
    served: Stack, path: str, status: int, code: str
) -> None:
    before = served.request("GET", "/functions/v1/echo")
    answer = served.request("GET", f"/functions/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["access-control-allow-origin"] == "*"  # a page sees what went wrong
    assert before.status_code == served.request("GET", "/functions/v1/echo").status_code == 201
    assert served.request("GET", "/functions/v1/crash").status_code == 200  # started anew where it had ended
    assert served.gateway.runs()
