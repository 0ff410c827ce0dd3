"""The tools over the REST API of a Supabase project: each agent is its user, and sees her workspace alone."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport
from tests.api.conftest import Api, of_stack, on_supabase
from tests.api.serving import serving
from tests.mcp.opening import HIRING, SALE, Agent
from tests.support.stack import PASSWORD, Stack

from campaignbase.api.app import create_app, open_backend
from campaignbase.errors import InputError
from campaignbase.mcp import production
from campaignbase.mcp.renewal import Session

CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def door(stack: Stack) -> Iterator[str]:
    """`campaignbase mcp` for whoever calls, before the API over HTTP; its address."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    told = {"SUPABASE_URL": stack.url, "DEVELOPMENT_JWT_SECRET": stack.jwt_secret}
    with served(stack) as api:
        options = ["mcp", "--api", api, "--port", str(port), "--public-url", address]
        process = subprocess.Popen(
            [sys.executable, "-m", "campaignbase", *options], env={**os.environ, **told}
        )
        try:
            for _ in range(600):
                try:
                    httpx.get(f"{address}/mcp")
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    time.sleep(0.05)
            yield address
        finally:
            process.terminate()
            process.wait()


def served(stack: Stack) -> AbstractContextManager[str]:
    """The REST API over HTTP; its address."""
    return serving(create_app(open_backend(of_stack(stack))))


def calling(address: str, token: str, query: str = "") -> "Client[Any]":
    return Client(StreamableHttpTransport(f"{address}/mcp{query}", auth=token))


def token_of(http: httpx.AsyncClient) -> str:
    return http.headers["Authorization"].removeprefix("Bearer ")


@asynccontextmanager
async def own_servers(api: Api, _: str) -> AsyncIterator[list[Agent]]:
    """A server for each, with her token."""
    async with AsyncExitStack() as holder:
        agents = []
        for http in (api.alice, api.bob):
            server = await holder.enter_async_context(production.opened("http://localhost", None, http=http))
            agents.append(Agent(await holder.enter_async_context(Client(server))))
        yield agents


@asynccontextmanager
async def one_server(api: Api, door: str) -> AsyncIterator[list[Agent]]:
    """One server for both, over HTTP."""
    async with AsyncExitStack() as holder:
        tokens = [token_of(http) for http in (api.alice, api.bob)]
        clients = [await holder.enter_async_context(calling(door, token)) for token in tokens]
        yield [Agent(client) for client in clients]


@pytest.mark.parametrize("opened", [own_servers, one_server])
async def test_agents_of_two_people(stack: Stack, door: str, opened: Any) -> None:
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        alice, bob = await holder.enter_async_context(opened(api, door))
        campaign = await alice("create_campaign", name="Spring")
        added = await alice("add_content", items=[{"text": SALE}, {"text": HIRING}], campaign=campaign)
        assert (added["added"], added["content"][0]["label_state"]) == (2, "queued")
        assert added["waiting"] >= 2  # a worker labels
        await api.label()
        rows = (await alice("list_content", label_state="labeled"))["content"]
        assert {row["text"]["text"]: row["category"] for row in rows} == {
            SALE: "offer",
            HIRING: "job_opening",
        }
        hits = (await alice("search_content", query="a job in a kitchen"))["hits"]
        assert hits[0]["text"]["text"] == HIRING

        assert (await bob("list_content"))["content"] == []
        assert (await bob("search_content", query="a job in a kitchen"))["hits"] == []
        sale = rows[0]["id"]
        for tool, arguments in (
            ("explain_labels", {"content": sale}),
            ("record_feedback", {"content": sale, "category": "event"}),
            ("add_content", {"items": [{"text": "x"}], "campaign": campaign}),
            ("categorize_content", {"ids": [sale]}),
            ("schedule_post", {"platform": "x", "content": sale}),
        ):
            assert await bob.refused(tool, **arguments)
        assert (await alice("explain_labels", content=sale))["content"]["category_source"] != "human"
        assert (await bob("list_content"))["content"] == []
        # at once, too, each gets her own
        counts = await asyncio.gather(*(who("list_content") for who in (alice, bob) * 8))
        assert [len(found["content"]) for found in counts] == [2, 0] * 8


async def test_a_server_for_all_asks_who_calls(stack: Stack, door: str) -> None:
    user = stack.sign_up()
    document = f"{door}/.well-known/oauth-protected-resource/mcp"
    async with httpx.AsyncClient(headers=ACCEPT) as http:
        told = (await http.get(document)).json()
        assert told["resource"] == f"{door}/mcp"
        assert told["authorization_servers"] == [f"{stack.url}/auth/v1"]

        async def ask(token: str | None, **headers: str) -> httpx.Response:
            given = {} if token is None else {"Authorization": f"Bearer {token}"}
            return await http.post(f"{door}/mcp", json=CALL, headers={**given, **headers})

        nobody = await ask(None)
        assert nobody.status_code == 401
        assert nobody.headers["www-authenticate"] == f'Bearer resource_metadata="{document}"'
        for wrong in (
            "x",
            stack.token(user.id, expires_in=-60),
            stack.token(user.id, iss="https://other.example/auth/v1"),
            stack.token(user.id, role="service_role"),
            stack.secret_key,
            stack.publishable_key,
            "cb_nobodys",
        ):
            refused = await ask(wrong)
            assert refused.status_code == 401, wrong
            assert 'error="invalid_token"' in refused.headers["www-authenticate"]
            assert document in refused.headers["www-authenticate"]
        foreign = await ask(user.token, Origin="https://evil.example")
        rebound = await ask(user.token, Host="evil.example")
        assert (foreign.status_code, rebound.status_code) == (403, 421)

    async with calling(door, user.token, "?workspace=nowhere") as client:
        assert "no workspace 'nowhere'" in await Agent(client).refused("status")
    async with calling(door, stack.token()) as client:  # signed by the project, of nobody it knows
        assert await Agent(client).refused("status")


async def test_a_server_for_all_keeps_its_limits(stack: Stack) -> None:
    campaign = "00000000-0000-0000-0000-00000000000a"
    limits = {"read_only": True, "features": ["content"], "campaign": campaign}
    with served(stack) as api:
        async with production.for_callers(api, stack.url, "https://mcp.example.com", **limits) as server:
            assert {tool.name for tool in await server.list_tools()} == {
                "list_content", "explain_labels", "review_queue",
            }  # fmt: skip
            async with Client(server) as client:
                other = campaign.replace("a", "b")
                assert f"campaign {campaign} alone" in await Agent(client).refused(
                    "list_content", campaign=other
                )
        for wrong in ({"campaign": "Spring"}, {"features": ["dance"]}):
            with pytest.raises(InputError):
                async with production.for_callers(api, stack.url, "https://mcp.example.com", **wrong):
                    pass


async def test_a_session_is_renewed_at_the_projects_auth_server(stack: Stack, tmp_path: Path) -> None:
    user = stack.sign_up()
    signed_in = stack.request(
        "POST",
        "/auth/v1/token?grant_type=password",
        json={"email": user.email, "password": PASSWORD},
    )
    file = tmp_path / "session.json"
    file.touch(0o600)
    file.write_text(signed_in.text)
    async with AsyncExitStack() as holder:
        http = await holder.enter_async_context(httpx.AsyncClient(timeout=30))
        kept = Session(file, stack.url, stack.publishable_key, http)
        await kept.token(refused=await kept.token())  # as when the API does not take it any more
        assert json.loads(file.read_text())["refresh_token"] != signed_in.json()["refresh_token"]
        url = holder.enter_context(served(stack))
        server = await holder.enter_async_context(production.opened(url, kept))
        agent = Agent(await holder.enter_async_context(Client(server)))
        await agent("add_content", items=[{"text": SALE}])
    mine = stack.request("GET", "/rest/v1/content_assets?select=content", token=user.token)
    assert mine.json() == [{"content": SALE}]


async def test_an_api_key_does_what_it_is_for(stack: Stack, door: str) -> None:
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        await api.alice.post("/content", json={"content": SALE})
        body = {"name": "robot", "role": "viewer", "scopes": ["content:read"]}
        made = (await api.alice.post("/api-keys", json=body)).json()
        url = holder.enter_context(served(stack))
        own = await holder.enter_async_context(production.opened(url, made["key"]))
        for server in (calling(door, made["key"]), Client(own)):
            agent = Agent(await holder.enter_async_context(server))
            assert [row["text"]["text"] for row in (await agent("list_content"))["content"]] == [SALE]
            assert "vocabulary:read" in await agent.refused("list_vocabulary")
            assert "content:write" in await agent.refused("add_content", items=[{"text": "x"}])
