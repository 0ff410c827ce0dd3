"""The edge functions on the stack: a poke fills every vector, and a user finds her rows by meaning."""

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from supabase import AsyncClient
from supabase_functions.errors import FunctionsHttpError
from tests.support.fake_openai import KEY, FakeOpenAI, Fault
from tests.support.postgres import Servers
from tests.support.stack import Stack, User, serving

from campaignbase import wiring
from campaignbase.pipeline.embedders import Embedders
from campaignbase.testing import HashEmbedder

MODEL = "text-embedding-3-small"
TEXTS = ["Rain jackets are back in store", "Meet our new baker", "Spring sale: 20% off umbrellas"]


@pytest.fixture(scope="module")
def openai() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture(scope="module")
def stack(openai: FakeOpenAI, pg_servers: Servers) -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("OPENAI_API_KEY", KEY)
        environment.setenv("OPENAI_BASE_URL", openai.url)
        with serving(pg_servers.newest.database()) as started:
            yield started


@pytest.fixture(autouse=True)
def empty(stack: Stack, openai: FakeOpenAI) -> None:
    openai.forget()
    with stack.connect() as connection:
        connection.execute("delete from public.workspaces")


def member(stack: Stack, name: str = "Acme") -> tuple[User, str]:
    """A user with a workspace of its own, with the default vocabulary."""
    user = stack.sign_up()
    with stack.connect() as connection:
        row = connection.execute(
            "insert into public.workspaces (name) values (%s) returning id", [name]
        ).fetchone()
        assert row is not None
        connection.execute(
            "insert into public.workspace_members (workspace_id, user_id, role) values (%s, %s, 'editor')"
            " on conflict (workspace_id, user_id) do update set role = excluded.role",
            [row[0], user.id],
        )
        connection.execute("update public.workspaces set daily_budget = 1")
    return user, str(row[0])


async def insert(client: AsyncClient, workspace: str, *texts: str) -> list[str]:
    rows = [{"workspace_id": workspace, "content": text} for text in texts]
    answer = await client.table("content_assets").insert(rows).execute()
    return [row["id"] for row in answer.data]  # type: ignore[index, call-overload]


def poke(stack: Stack, **body: object) -> dict[str, Any]:
    answer = stack.request("POST", "/functions/v1/embed", key=stack.secret_key, json=body)
    assert answer.status_code in (200, 207), answer.text
    found: dict[str, Any] = answer.json()
    return found


def count(stack: Stack, query: str) -> int:
    with stack.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_poke_fills_every_vector_and_a_user_finds_her_rows(stack: Stack, openai: FakeOpenAI) -> None:
    ann, acme = member(stack)
    bob, other = member(stack, "Other")
    async with stack.client(ann.token) as client:
        jackets, *_ = await insert(client, acme, *TEXTS)
        await (
            client.table("campaigns")
            .insert({"workspace_id": acme, "name": "Rain", "campaign_type": "event"})
            .execute()
        )
    async with stack.client(bob.token) as client:
        await insert(client, other, "Rain jackets of somebody else")

    report = await asyncio.to_thread(poke, stack)

    labels = count(stack, "select (select count(*) from categories) + (select count(*) from tags)")
    assert report["texts"] == {"written": 5}
    assert report["labels"] == {"accepted": labels}
    assert report["errors"] == []
    assert report["rounds"] == len(openai.calls)  # one call a batch
    for table in ("content_assets", "campaigns", "categories", "tags"):
        query = f"select count(*) from {table} where embedding is null or embedding_model <> '{MODEL}'"
        assert count(stack, query) == 0
    assert count(stack, "select count(*) from private.jobs where kind like 'embed%'") == 0
    assert (await asyncio.to_thread(poke, stack))["rounds"] == 0

    async with stack.client(ann.token) as client:
        answer = await client.functions.invoke(
            "semantic-search", {"body": {"query": "jackets for the rain", "limit": 2}, "responseType": "json"}
        )
    assert answer["model"] == MODEL
    assert answer["hits"][0]["id"] == jackets
    assert {hit["content"] for hit in answer["hits"]} <= set(TEXTS)  # never the other workspace's
    assert 0 < answer["hits"][0]["similarity"] <= 1

    # counted as the provider said, and nothing is left reserved
    assert count(stack, "select count(*) from daily_spending where reserved > 0 or settled = 0") == 0
    tokens = sum(len(text.encode()) for text in openai.texts)
    micros = count(stack, "select sum(settled) * 1000000 from daily_spending")
    rounding = 2 * (len(openai.calls) + 1)  # a millionth a workspace and call
    assert tokens * 0.02 <= micros <= tokens * 0.02 + rounding


async def test_without_a_budget_nothing_is_asked_until_an_owner_sets_one(
    stack: Stack, openai: FakeOpenAI
) -> None:
    ann, acme = member(stack)
    with stack.connect() as connection:
        connection.execute("update public.workspaces set daily_budget = null")
        connection.execute("update workspace_members set role = 'owner' where user_id = %s", [ann.id])
    async with stack.client(ann.token) as client:
        await insert(client, acme, *TEXTS)
        report = await asyncio.to_thread(poke, stack)
        assert (report["texts"], openai.calls) == ({"postponed": 3}, [])
        assert "daily budget" in report["errors"][0]
        assert (await asyncio.to_thread(poke, stack))["rounds"] == 0
        await client.rpc("set_daily_budget", {"workspace_id": acme, "daily_budget": 1}).execute()
    assert (await asyncio.to_thread(poke, stack))["texts"] == {"written": 3}


async def test_a_worker_finds_the_vectors_there_and_makes_none(stack: Stack, openai: FakeOpenAI) -> None:
    ann, acme = member(stack)
    async with stack.client(ann.token) as client:
        await insert(client, acme, *TEXTS)
    await asyncio.to_thread(poke, stack)

    store = await wiring.open_store(stack.database_url)
    unasked = HashEmbedder(MODEL)
    try:
        report = await wiring.worker(store, 50, found=Embedders(unasked)).run_once()
    finally:
        await store.close()

    assert (report.accepted, report.labels_embedded) == (len(TEXTS), 0)
    assert unasked.texts == []
    assert count(stack, "select count(*) from private.jobs") == 0


async def test_pokes_at_once_ask_for_each_text_once(stack: Stack, openai: FakeOpenAI) -> None:
    ann, acme = member(stack)
    texts = [f"Text number {place}" for place in range(60)]
    async with stack.client(ann.token) as client:
        await insert(client, acme, *texts)

    await asyncio.gather(*(asyncio.to_thread(poke, stack, batch=20) for _ in range(6)))

    asked = [text for text in openai.texts if text.startswith("Text number")]
    assert sorted(asked) == sorted(texts)
    assert count(stack, "select count(*) from content_assets where embedding is not null") == 60


async def test_a_busy_provider_is_left_alone_and_nothing_is_lost(stack: Stack, openai: FakeOpenAI) -> None:
    ann, acme = member(stack)
    async with stack.client(ann.token) as client:
        await insert(client, acme, TEXTS[0])
    openai.script(Fault("server_error"), Fault("server_error"), Fault("server_error"))
    report = await asyncio.to_thread(poke, stack)
    assert report["embedded"] == 0
    assert "500 server_error" in report["errors"][0]
    assert count(stack, "select count(*) from private.jobs where state = 'dead'") == 0
    with stack.connect() as connection:
        connection.execute("update private.jobs set run_at = now(), embedding_until = null")
    assert (await asyncio.to_thread(poke, stack))["texts"] == {"written": 1}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "UNAUTHORIZED_NO_AUTH_HEADER"),
        ({"apikey": "sb_secret_wrong"}, "invalid_api_key"),
        ({"Authorization": "Bearer user"}, "invalid_api_key"),
    ],
)
def test_embed_is_for_holders_of_a_secret_key(stack: Stack, headers: dict[str, str], code: str) -> None:
    answer = stack.request("POST", "/functions/v1/embed", key="", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    with_publishable = stack.request("POST", "/functions/v1/embed")
    assert (with_publishable.status_code, with_publishable.json()["code"]) == (401, "invalid_api_key")


def test_semantic_search_is_for_signed_in_users(stack: Stack) -> None:
    body = {"query": "rain"}

    def refused(**options: Any) -> tuple[int, str]:
        answer = stack.request("POST", "/functions/v1/semantic-search", json=body, **options)
        return answer.status_code, answer.json()["code"]

    assert refused() == (401, "UNAUTHORIZED_NO_AUTH_HEADER")
    assert refused(token="garbage") == (401, "UNAUTHORIZED_INVALID_JWT_FORMAT")
    assert refused(token=stack.token(expires_in=-60)) == (401, "PGRST303")
    assert refused(token=stack.token(role="anon")) == (401, "42501")
    assert refused(token=stack.token(aud="elsewhere")) == (401, "PGRST303")
    assert refused(token=stack.token() + "x") == (401, "PGRST301")


async def test_semantic_search_passes_refusals_to_the_client(stack: Stack) -> None:
    ann, _ = member(stack)
    async with stack.client(ann.token) as client:
        for body, status in (
            ({"query": " "}, 400),
            ({"query": "rain", "workspace_id": str(uuid.uuid4())}, 404),
        ):
            with pytest.raises(FunctionsHttpError) as caught:
                await client.functions.invoke("semantic-search", {"body": body})
            assert caught.value.status == status


async def test_workspaces_of_another_model_are_left_to_the_worker(stack: Stack, openai: FakeOpenAI) -> None:
    ann, acme = member(stack)
    with stack.connect() as connection:
        connection.execute("update public.workspaces set embedding_model = 'campaignbase-static-1'")
    async with stack.client(ann.token) as client:
        await insert(client, acme, TEXTS[0])
        assert (await asyncio.to_thread(poke, stack))["rounds"] == 0
        with pytest.raises(FunctionsHttpError) as caught:
            await client.functions.invoke("semantic-search", {"body": {"query": "rain"}})
        assert caught.value.status == 422
    assert openai.calls == []
