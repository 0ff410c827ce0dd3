"""API keys over both backends: what they let in, what they do not, and what is written down of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import SecretStr
from tests.api.conftest import BACKENDS, Api, client, on_sqlite, on_supabase, opened, settings
from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.api import keys, scopes
from campaignbase.api.problems import ProblemError
from campaignbase.api.schemas.api_keys import Scope
from campaignbase.core.api_keys import SCOPES

ALL = list(SCOPES)
NOBODY = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"


@dataclass
class Held:
    id: str
    key: str
    asking: httpx.AsyncClient
    made: dict[str, Any] = field(repr=False)


class Desk:
    """Makes keys of a workspace, and clients that ask with them."""

    def __init__(self, api: Api, holder: AsyncExitStack) -> None:
        self.api = api
        self._holder = holder

    async def key(self, *held: str, role: str = "editor", **fields: Any) -> Held:
        body = {"name": "robot", "role": role, "scopes": list(held), **fields}
        answer = await self.api.alice.post("/api-keys", json=body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        return Held(made["id"], made["key"], await self.asking(made["key"]), made)

    async def asking(self, key: str) -> httpx.AsyncClient:
        made = client(self.api.app, headers={"Authorization": f"Bearer {key}"})
        return await self._holder.enter_async_context(made)

    async def log(self, **params: Any) -> list[dict[str, Any]]:
        await self.api.app.state.backend.keys._log.write()
        answer = await self.api.alice.get("/api-keys/log", params=params)
        assert answer.status_code == 200
        return list(answer.json()["items"])

    async def end(self, held: Held, column: str) -> None:
        """As another program would, a second ago."""
        store = await wiring.open_target(self.api.target)
        try:
            if column == "revoked_at":
                await store.revoke_api_key(held.id)
            elif self.api.kind == "sqlite":
                store._db.run(  # type: ignore[attr-defined]
                    f"update api_keys set {column} = '2020-01-01T00:00:00.000000Z'"
                )
            else:
                await store._update(  # type: ignore[attr-defined]
                    "api_keys", {"id": held.id}, {column: "2020-01-01"}
                )
        finally:
            await store.close()


@pytest.fixture(params=BACKENDS)
async def desk(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as holder:
        if request.param == "sqlite":
            yield Desk(await on_sqlite(holder, tmp_path), holder)
        else:
            yield Desk(await on_supabase(holder, request.getfixturevalue("stack")), holder)


@pytest.fixture
async def local_desk(local: Api) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as holder:
        yield Desk(local, holder)


# the table


def places(app: Any) -> set[tuple[str, str]]:
    schema = app.openapi()["paths"]
    return {(method.upper(), path) for path, methods in schema.items() for method in methods}


async def test_every_route_says_what_it_needs(local: Api) -> None:
    assert places(local.app) == scopes.NEEDED.keys() | scopes.NEVER | scopes.OPEN
    assert {scope for needed in scopes.NEEDED.values() for scope in needed} == set(SCOPES)
    assert Scope.__args__ == SCOPES  # type: ignore[attr-defined]
    reading = {"/search", "/rules/preview", "/rules/test", "/v1/embeddings"}  # POSTs that change nothing
    for (method, path), needed in scopes.NEEDED.items():
        changes = method != "GET" and path not in reading
        assert any(scope.endswith(":write") for scope in needed) == changes, path
    shown = local.app.openapi()["paths"]["/rules/preview"]["post"]["x-required-scopes"]
    assert shown == ["rules:read", "content:read"]


async def test_every_route_refuses_a_key_without_its_scopes(local_desk: Desk) -> None:
    """Whatever else is wrong with the request: nothing else has been looked at."""
    full = await local_desk.key(*ALL)
    lacking = {
        scope: await local_desk.key(*(one for one in ALL if one != scope), name=f"no {scope}")
        for scope in ALL
    }
    for method, path in places(local_desk.api.app) - scopes.OPEN:
        url = path.replace("{name}", "x").replace("{", "").replace("}", "")
        for scope in scopes.NEEDED.get((method, path), ()):
            answer = await lacking[scope].asking.request(method, url.replace("content_id", NOBODY))
            told = f"this API key lacks {scope}; it holds "
            assert (answer.status_code, answer.json()["detail"][: len(told)]) == (403, told), (method, path)
        if (method, path) in scopes.NEVER:
            answer = await full.asking.request(method, url)
            assert (answer.status_code, "no API key may" in answer.text) == (403, True), (method, path)


def test_a_route_that_is_not_in_the_table_lets_no_key_in() -> None:
    route = APIRoute("/new", lambda: None, methods=["GET"])
    scope = {"type": "http", "method": "GET", "path": "/new", "headers": [], "route": route}
    with pytest.raises(ProblemError, match="no API key may GET /new"):
        scopes.check(Request(scope), ALL)


# the life of a key


async def test_a_key_is_made_used_and_revoked(desk: Desk) -> None:
    held = await desk.key("content:read", "content:write")
    assert held.key.startswith(f"cb_{held.made['prefix']}_")
    assert held.made["scopes"] == ["content:read", "content:write"]
    written = await held.asking.post("/content", json={"content": "two for one"})
    assert written.status_code == 201
    key = written.json()["id"]
    assert (await held.asking.get(f"/content/{key}")).json()["text"] == "two for one"
    assert [one["id"] for one in (await desk.api.alice.get("/content")).json()["items"]] == [key]
    refused = await held.asking.get("/tags")
    assert refused.json()["detail"] == (
        "this API key lacks vocabulary:read; it holds content:read, content:write;"
        " an owner can make another one"
    )
    assert (await desk.api.alice.delete(f"/api-keys/{held.id}")).status_code == 204
    ended = await held.asking.get("/content")
    assert (ended.status_code, ended.json()["detail"]) == (401, "the API key 'robot' was revoked")
    assert ended.headers["WWW-Authenticate"] == "Bearer"

    log = await desk.log(key_id=held.id)
    done = [
        (one["method"], one["route"], one["status"]) for one in reversed(log) if one["event"] == "request"
    ]
    assert done == [
        ("POST", "/content", 201),
        ("GET", "/content/{content_id}", 200),
        ("GET", "/tags", 403),
        ("GET", "/content", 401),
    ]
    assert {one["event"] for one in log} == {"created", "revoked", "request"}
    assert held.key not in str(log)
    assert "two for one" not in str(log)
    [listed] = (await desk.api.alice.get("/api-keys")).json()["items"]
    assert (listed["revoked_at"] is not None, listed["last_used_at"] is not None) == (True, True)
    assert "key" not in listed
    by = {one["event"]: one["actor_id"] for one in log}
    assert (by["created"] is None) == (desk.api.kind == "sqlite")
    assert by["created"] == by["revoked"] == listed["created_by"]


@pytest.mark.parametrize(
    ("column", "told"),
    [("revoked_at", "the API key 'robot' was revoked"), ("expires_at", "the API key 'robot' has expired")],
)
async def test_a_key_that_ended_elsewhere_is_refused_within_seconds(
    desk: Desk, column: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = await desk.key("content:read")
    await desk.api.alice.post("/content", json={"content": "mine"})
    assert len((await held.asking.get("/content")).json()["items"]) == 1
    await desk.end(held, column)
    if desk.api.kind == "supabase":  # at once: row level security asks nobody's memory
        assert (await held.asking.get("/content")).json().get("items", []) == []
    monkeypatch.setattr(keys, "KNOWN_SECONDS", -1.0)
    answer = await held.asking.get("/content")
    assert (answer.status_code, answer.json()["detail"]) == (401, told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda key: key[:-1], "checksum is wrong"),
        (lambda key: key[:20] + ("x" if key[20] != "x" else "y") + key[21:], "checksum is wrong"),
        (lambda key: "cb_", "checksum is wrong"),
        (lambda key: "cb_00000000_000000000000000000000000000000002gLCbj", "is not known|checksum is wrong"),
    ],
)
async def test_no_other_text_is_a_key(local_desk: Desk, change: Any, told: str) -> None:
    held = await local_desk.key("content:read")
    answer = await (await local_desk.asking(change(held.key))).get("/content")
    assert answer.status_code == 401
    assert any(one in answer.json()["detail"] for one in told.split("|"))


async def test_a_key_is_of_one_workspace(desk: Desk) -> None:
    """Ids of another one are not there, by whatever route."""
    bob = desk.api.bob
    content = (await bob.post("/content", json={"content": "theirs"})).json()["id"]
    campaign = (await bob.post("/campaigns", json={"name": "theirs"})).json()["id"]
    post = (await bob.post("/posts", json={"platform": "x", "post_text": "theirs"})).json()["id"]
    rule = {
        "name": "theirs",
        "rule_type": "tagging",
        "conditions": {"contains_keyword": "x"},
        "actions": {"add_tags": ["summer"]},
    }
    rule_id = (await bob.post("/rules", json=rule)).json()["id"]
    held = await desk.key(*ALL)
    asked = [
        ("GET", f"/content/{content}", None),
        ("PATCH", f"/content/{content}", {"content": "mine"}),
        ("DELETE", f"/content/{content}", None),
        ("GET", f"/content/{content}/file", None),
        ("GET", f"/content/{content}/files", None),
        ("GET", f"/content/{content}/labels", None),
        ("POST", f"/content/{content}/feedback", {"sentiment": "positive"}),
        ("POST", f"/content/categorize?content_id={content}", None),
        ("GET", f"/campaigns/{campaign}", None),
        ("PATCH", f"/campaigns/{campaign}", {"name": "mine"}),
        ("DELETE", f"/campaigns/{campaign}", None),
        ("GET", f"/campaigns/{campaign}/content", None),
        ("GET", f"/posts/{post}", None),
        ("GET", f"/statistics/posts?campaign_id={campaign}", None),
        ("PATCH", f"/posts/{post}", {"platform": "y"}),
        ("DELETE", f"/posts/{post}", None),
        ("PATCH", f"/rules/{rule_id}", {"enabled": False}),
        ("DELETE", f"/rules/{rule_id}", None),
    ]
    for method, path, body in asked:
        answer = await held.asking.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert (await held.asking.get("/content")).json()["items"] == []
    assert (await bob.get(f"/content/{content}")).json()["text"] == "theirs"
    mine = (await held.asking.post("/content", json={"content": "mine"})).json()["workspace_id"]
    for name, expected in ((mine, 200), ("nowhere", 404), (NOBODY, 404)):
        assert (await held.asking.get("/content", params={"workspace": name})).status_code == expected
    # and whose it is not, cannot end it
    assert (await bob.delete(f"/api-keys/{held.id}")).status_code == 404
    assert (await bob.get("/api-keys")).json()["items"] == []
    assert (await bob.get("/api-keys/log")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "body.name"),
        ({"name": "a\nb"}, "body.name"),
        ({"name": "x", "role": "owner"}, "body.role"),
        ({"name": "x", "scopes": ["everything"]}, "body.scopes.0"),
        ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "body.expires_at"),
        ({"name": "x", "expires_at": "9999-12-31T23:59:59-14:00"}, "body.expires_at"),
        ({"name": "x", "role": "viewer", "scopes": ["content:write"]}, "more than a viewer may do"),
    ],
)
async def test_what_a_key_cannot_be(local: Api, body: dict[str, Any], field: str) -> None:
    answer = await local.alice.post("/api-keys", json=body)
    assert (answer.status_code, field in answer.text) == (422, True)


async def test_a_key_is_kept_nowhere(local: Api) -> None:
    answer = await local.alice.post("/api-keys", json={"name": "x"}, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, "kept nowhere" in answer.text) == (422, True)
    assert (await local.alice.get("/api-keys")).json()["items"] == []


async def test_limits_are_by_key(tmp_path: Path) -> None:
    async with AsyncExitStack() as holder:
        app = await opened(holder, settings(), str(tmp_path / "a.db"), rate="3/minute")
        desk = Desk(Api("sqlite", app, await holder.enter_async_context(client(app)), None, None), holder)  # type: ignore[arg-type]
        one, other = await desk.key("content:read"), await desk.key("content:read")
        seen = [(await one.asking.get("/content")).status_code for _ in range(4)]
        assert seen == [200, 200, 200, 429]
        assert (await other.asking.get("/content")).headers["RateLimit"].startswith('"default";r=2')


async def test_a_key_beside_the_files_token_where_others_can_reach_it(tmp_path: Path) -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(campaignbase_api_token=SecretStr("sesame"))
        app = await opened(holder, loaded, str(tmp_path / "a.db"), hosts=None, token=True)
        owner = client(app, headers={"Authorization": "Bearer sesame"})
        desk = Desk(Api("sqlite", app, await holder.enter_async_context(owner), None, None), holder)  # type: ignore[arg-type]
        held = await desk.key("content:read")
        assert (await held.asking.get("/content", headers={"Host": "me.example"})).status_code == 200
        assert (await (await desk.asking("cb_sesame")).get("/content")).status_code == 401


async def test_a_stream_asks_anew_whether_its_key_is_good(
    local_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "STREAM_SECONDS", 0.05)
    held = await local_desk.key("content:read")
    async with asyncio.timeout(10):
        assert "event:" not in (await held.asking.get("/content/events")).text


# on a project


@pytest.fixture
async def hosted(stack: Stack) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as holder:
        yield Desk(await on_supabase(holder, stack), holder)


async def test_a_request_runs_as_the_keys_user_under_row_level_security(hosted: Desk, stack: Stack) -> None:
    reader = await hosted.key(role="viewer")
    await asyncio.gather(*(reader.asking.get("/content") for _ in range(5)))  # its first use makes its user
    users = hosted.api.app.state.backend.keys._users
    token, _ = users._sessions[reader.id]
    insert = {"json": {"content": "past the API"}, "token": token}
    assert stack.request("POST", "/rest/v1/content_assets", **insert).status_code == 403
    assert len(stack.request("GET", "/rest/v1/workspaces", token=token).json()) == 1
    assert stack.request("GET", "/rest/v1/api_keys", token=token).json() == []
    await hosted.api.alice.delete(f"/api-keys/{reader.id}")
    assert stack.request("GET", "/rest/v1/workspaces", token=token).json() == []
    path = f"/auth/v1/admin/users/{reader.id}"
    assert stack.request("GET", path, key=stack.secret_key).status_code == 404


async def test_who_holds_a_key_cannot_sign_in_past_its_scopes(hosted: Desk, stack: Stack) -> None:
    held = await hosted.key("content:read")
    await held.asking.get("/content")
    body = {"email": f"{held.id}@api-keys.campaignbase.internal", "password": held.key}
    answer = stack.request("POST", "/auth/v1/token?grant_type=password", json=body)
    assert answer.status_code == 400
    assert stack.request("GET", "/rest/v1/workspaces", token=held.key).status_code == 401


async def test_another_process_signs_the_same_user_in(hosted: Desk, stack: Stack) -> None:
    held = await hosted.key("content:read")
    await held.asking.get("/content")
    async with AsyncExitStack() as holder:
        other = await on_supabase(holder, stack)
        asking = client(other.app, headers={"Authorization": f"Bearer {held.key}"})
        assert (await (await holder.enter_async_context(asking)).get("/content")).status_code == 200


async def test_owners_alone_manage_keys(hosted: Desk, stack: Stack) -> None:
    held = await hosted.key("content:read")
    editor = stack.sign_up()
    with stack.connect() as connection:
        connection.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'editor')",
            [held.made["workspace_id"], editor.id],
        )
    home = {"workspace": held.made["workspace_id"]}
    asking = client(hosted.api.app, headers={"Authorization": f"Bearer {editor.token}"}, params=home)
    async with asking:
        refused = await asking.post("/api-keys", json={"name": "mine"})
        assert (refused.status_code, "only an owner" in refused.json()["detail"]) == (403, True)
        assert (await asking.get("/api-keys")).json()["items"] == []
        assert (await asking.delete(f"/api-keys/{held.id}")).status_code == 404


async def test_without_the_secret_key_keys_are_off(stack: Stack) -> None:
    async with AsyncExitStack() as holder:
        loaded = settings(
            supabase_url=stack.url,
            supabase_publishable_key=SecretStr(stack.publishable_key),
            development_jwt_secret=SecretStr(stack.jwt_secret),
        )
        app = await opened(holder, loaded)
        token = stack.sign_up().token
        asking = await holder.enter_async_context(client(app))
        for held, status in ((token, 403), ("cb_x", 401)):
            answer = await asking.post(
                "/api-keys", json={"name": "x"}, headers={"Authorization": f"Bearer {held}"}
            )
            assert (answer.status_code, "SUPABASE_SECRET_KEY is not set" in answer.text) == (status, True)
