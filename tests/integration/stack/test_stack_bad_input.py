"""What is wrong in a request: the platform's own status and code, words that help, and nothing written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support.stack import Stack, User
from tests.support.webhook_cases import CASES

from campaignbase.core.media import MAX_BYTES

TABLES = (
    "public.content_assets", "public.campaigns", "public.tags", "public.webhook_endpoints", "private.jobs",
    "storage.objects",
)  # fmt: skip
LONG = "[" + ",".join(["2"] * 1536) + "]"
NEW = {"content": "x"}
HOSTILE = [case for case in CASES["urls"] if case["refused"]]


@dataclass(frozen=True)
class World:
    user: User
    workspace: str
    their_workspace: str
    their_campaign: str


@pytest.fixture(scope="module")
def world(stack: Stack) -> World:
    mine, theirs = stack.sign_up(), stack.sign_up()
    here, there = (
        stack.request("GET", "/rest/v1/workspaces?select=id", token=user.token).json()[0]["id"]
        for user in (mine, theirs)
    )
    campaign = {"name": "theirs", "campaign_type": "launch"}
    [made] = stack.request(
        "POST",
        "/rest/v1/campaigns",
        token=theirs.token,
        json=campaign,
        headers={"Prefer": "return=representation"},
    ).json()
    return World(mine, here, there, made["id"])


@pytest.fixture(autouse=True)
def nothing_is_written(stack: Stack, world: World) -> Iterator[None]:
    before = _counts(stack)
    yield
    assert _counts(stack) == before


def _counts(stack: Stack) -> dict[str, int]:
    with stack.connect() as connection:
        return {
            table: connection.execute(f"select count(*) from {table}".encode()).fetchall()[0][0]
            for table in TABLES
        }


@pytest.mark.parametrize(
    ("key", "token", "code", "told"),
    [
        ("", None, None, "No API key found in request"),
        ("sb_publishable_wrong", None, None, "Invalid API key"),
        ("sb_secret_wrong", None, None, "Invalid API key"),
        ("legacy anon", None, None, "Invalid API key"),
        ("legacy service_role", None, None, "Invalid API key"),
        (None, "expired", "PGRST303", "JWT expired"),
        (None, "foreign", "PGRST301", "No suitable key or wrong key type"),
    ],
)
def test_keys_and_tokens(
    stack: Stack, world: World, key: str | None, token: str | None, code: str | None, told: str
) -> None:
    made = {
        "legacy anon": stack.token(role="anon"),
        "legacy service_role": stack.token(role="service_role"),
        "expired": stack.token(world.user.id, expires_in=-60),
        "foreign": stack.token(world.user.id)[:-6] + "AAAAAA",
    }
    answer = stack.request(
        "POST",
        "/rest/v1/content_assets",
        key=made.get(key or "", key),
        token=made.get(token or "", token),
        json={"content": "x"},
    )
    found = answer.json()
    assert (answer.status_code, found.get("code"), found["message"]) == (401, code, told)


@pytest.mark.parametrize(
    ("path", "body", "status", "code", "told"),
    [
        # vectors
        ("content_assets", {"embedding": "[1,2,3]"}, 400, "22000", "expected 1536 dimensions, not 3"),
        ("content_assets", {"embedding": LONG}, 403, "42501", "permission denied"),
        ("rpc/semantic_search_content", {"query_embedding": "[1,2,3]"}, 400, "22023", "1536 numbers, not 3"),
        ("rpc/semantic_search_content", {"query_embedding": LONG}, 400, "22023", "length 1, not 78"),
        ("rpc/semantic_search_campaigns", {"query_embedding": LONG}, 400, "22023", "length 1, not 78"),
        # columns and arguments
        ("content_assets", {"content": "x", "no_such": 1}, 400, "PGRST204", "no_such"),
        ("content_assets?columns=content,no_such", {"content": "x"}, 400, "PGRST204", "no_such"),
        ("rpc/queue_status", {"no_such": 1}, 404, "PGRST202", "no_such"),
        # somebody else's
        ("content_assets", {**NEW, "campaign_id": "their_campaign"}, 409, "23503", "campaign_id_fkey"),
        ("content_assets", {**NEW, "workspace_id": "their_workspace"}, 403, "42501", "row-level security"),
        ("rpc/import_content", {"workspace_id": "their_workspace", "assets": [NEW]}, 403, "42501", ""),
        # a grant that is missing
        ("content_assets", {"content": "x", "label_state": "labeled"}, 403, "42501", "permission denied"),
        ("rpc/claim_jobs", {"worker": "x"}, 403, "42501", "permission denied for function claim_jobs"),
    ],
)  # fmt: skip
def test_rows(
    stack: Stack, world: World, path: str, body: dict[str, Any], status: int, code: str, told: str
) -> None:
    sent = {name: getattr(world, str(value), value) for name, value in body.items()}
    answer = stack.request("POST", f"/rest/v1/{path}", token=world.user.token, json=sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert told in answer.json()["message"]


@pytest.mark.parametrize(("embedding", "length"), [(LONG, "78"), (f"[{','.join(['0'] * 1536)}]", "0.0000")])
def test_the_service_may_write_vectors_of_length_one_only(
    stack: Stack, world: World, embedding: str, length: str
) -> None:
    row = {"content": "x", "workspace_id": world.workspace, "embedding": embedding, "embedding_model": "m"}
    answer = stack.request("POST", "/rest/v1/content_assets", key=stack.secret_key, json=row)
    assert (answer.status_code, answer.json()["code"]) == (400, "23514"), answer.text
    assert f"must have length 1, not {length}" in answer.json()["message"]


@pytest.mark.parametrize(
    ("filter_", "status", "code"),
    [
        ("id=eq.1' or '1'='1", 400, "22P02"),
        ("id=in.(1);--", 400, "PGRST100"),
        ("or=(id.eq.1);drop table tags", 400, "PGRST100"),
        ("select=id,(select 1)", 400, "PGRST100"),
        ("order=id;drop table tags", 400, "42703"),
        ("no_such=eq.1", 400, "42703"),
        ("content=eq.x'; drop table tags;--", 200, None),  # a text like another
    ],
)
def test_sql_in_a_filter(stack: Stack, world: World, filter_: str, status: int, code: str | None) -> None:
    # an order or a choice of columns without a filter would mean all rows
    for method in ("GET",) if filter_.startswith(("order", "select")) else ("GET", "DELETE"):
        answer = stack.request(method, f"/rest/v1/content_assets?{filter_}", token=world.user.token)
        if status == 200:
            assert answer.status_code in (200, 204), answer.text
        else:
            assert (answer.status_code, answer.json()["code"]) == (status, code), (method, answer.text)


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "object/nowhere/{workspace}/a.png", b"x"),
        ("GET", "object/nowhere/{workspace}/a.png", None),
        ("POST", "object/list/nowhere", json.dumps({"prefix": ""}).encode()),
    ],
)
def test_a_bucket_that_is_not_there(
    stack: Stack, world: World, method: str, path: str, content: bytes | None
) -> None:
    kind = "application/json" if "list" in path else "image/png"
    answer = stack.request(
        method,
        f"/storage/v1/{path.format(workspace=world.workspace)}",
        token=world.user.token,
        content=content,
        headers={"Content-Type": kind},
    )
    missing = "Bucket not found"
    expected = {"statusCode": "404", "error": missing, "message": missing, "code": "NoSuchBucket"}
    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize("path", ["object/list/media", "object/sign/media"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"prefix": 7, "paths": 7}'])
def test_a_storage_request_without_a_body_that_says_what(
    stack: Stack, world: World, path: str, content: bytes
) -> None:
    where, kind = f"/storage/v1/{path}", {"Content-Type": "application/json"}
    wrong = stack.request("POST", where, key="sb_secret_wrong", content=content, headers=kind)
    assert 400 <= wrong.status_code < 500, wrong.text
    answer = stack.request("POST", where, token=world.user.token, content=content, headers=kind)
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "400"), answer.text
    assert "must have required property" in answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path", "content", "kind", "error", "told"),
    [
        (
            "POST",
            "object/media/{workspace}/{workspace}/a%00.png",
            b"x",
            "image/png",
            "InvalidKey",
            "Invalid key: ",
        ),
        ("PUT", "object/media/{workspace}/über.png", b"x", "image/png", "InvalidKey", "über.png"),
        (
            "POST",
            "object/upload/sign/media/{workspace}/%23.png",
            b"{}",
            "application/json",
            "InvalidKey",
            "#.png",
        ),
        (
            "POST",
            "object/copy",
            b'{"bucketId": "media", "sourceKey": "a", "destinationKey": "%"}',
            "application/json",
            "InvalidKey",
            "Invalid key: %",
        ),
        (
            "POST",
            "object/media/a",
            b"nonsense",
            "multipart/form-data; boundary=x",
            "Error",
            "form has no file",
        ),
        ("GET", "object/sign/media/a?token=changed", None, "image/png", "InvalidJWT", "make another one"),
    ],
)
def test_a_storage_request_that_cannot_be_meant(
    stack: Stack,
    world: World,
    method: str,
    path: str,
    content: bytes | None,
    kind: str,
    error: str,
    told: str,
) -> None:
    where = f"/storage/v1/{path.format(workspace=world.workspace)}"
    headers = {"Content-Type": kind}
    answer = stack.request(method, where, token=world.user.token, content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text
    assert told in answer.json()["message"]


def test_an_upload_above_the_buckets_limit(stack: Stack, world: World) -> None:
    path = f"/storage/v1/object/media/{world.workspace}/{world.workspace}/a.png"
    answer = stack.request(
        "POST",
        path,
        token=world.user.token,
        content=bytes(MAX_BYTES + 1),
        headers={"Content-Type": "image/png"},
    )
    assert MAX_BYTES == 50 * 1024 * 1024
    assert (answer.status_code, answer.json()["statusCode"]) == (400, "413")
    assert "exceeded the maximum allowed size of 52428800 bytes" in answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("embed", "", "UNAUTHORIZED_NO_AUTH_HEADER"),
        ("embed", None, "invalid_api_key"),  # the publishable one
        ("embed", "sb_secret_wrong", "invalid_api_key"),
        ("deliver", "", "UNAUTHORIZED_NO_AUTH_HEADER"),
        ("deliver", None, "invalid_api_key"),
        ("semantic-search", "", "UNAUTHORIZED_NO_AUTH_HEADER"),
        ("semantic-search", None, "UNAUTHORIZED_NO_AUTH_HEADER"),
    ],
)
def test_functions_without_their_key(stack: Stack, name: str, key: str | None, code: str) -> None:
    answer = stack.request("POST", f"/functions/v1/{name}", key=key, json={"query": "x"})
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.json()["hint"]


def test_hostile_addresses_of_webhooks(stack: Stack, world: World) -> None:
    assert len(HOSTILE) >= 120
    for number, case in enumerate(HOSTILE):
        url = case["url"]
        for path, body in (
            ("webhook_endpoints", {"name": f"w{number}", "url": url}),
            ("rpc/add_webhook", {"workspace_id": world.workspace, "name": f"w{number}", "url": url}),
        ):
            answer = stack.request("POST", f"/rest/v1/{path}", token=world.user.token, json=body)
            assert (answer.status_code, answer.json()["code"]) == (400, "22023"), (url, answer.text)
            assert CASES["messages"][case["refused"]] in answer.json()["message"]
