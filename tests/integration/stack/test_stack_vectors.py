"""The shipped embedder behind the stack: its edge functions work without a key, other programs too."""

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil
import pytest
from openai import OpenAI
from pydantic import SecretStr
from tests.support.postgres import Servers
from tests.support.stack import Stack, serving

from campaignbase import wiring
from campaignbase.local.stack import embedder
from campaignbase.providers.static import StaticEmbedder
from campaignbase.settings import Target

JACKETS = "Rain jackets are back in store"
LONG = "Umbrellas for everybody. " * 800  # longer than what other models take at once
UNKNOWN = "\U0001f984"  # no piece of a word that the model knows


@pytest.fixture(scope="module")
def stack(pg_servers: Servers) -> Iterator[Stack]:
    told: list[str] = []
    with serving(pg_servers.newest.database(), embeddings=embedder.found(told.append)) as started:
        assert told == []
        yield started


def own(stack: Stack) -> list[psutil.Process]:
    """The embedder's processes."""
    below = psutil.Process(stack.gateway.pid).children(recursive=True)
    return [one for one in below if "campaignbase.api.vectors" in one.cmdline()]


def vectors(stack: Stack, *texts: str) -> Any:
    address = f"{stack.url}/embeddings/v1"
    with OpenAI(base_url=address, api_key=stack.publishable_key, max_retries=0) as client:
        found = client.embeddings.create(model=StaticEmbedder.model, input=list(texts))
    return np.array([one.embedding for one in found.data], dtype=np.float32)


async def test_edge_functions_embed_and_search_without_a_key(stack: Stack) -> None:
    assert own(stack) == []  # nobody asked yet
    user = stack.sign_up()
    async with stack.client(user.token) as client:
        rows = [{"content": text} for text in (JACKETS, LONG, UNKNOWN)]
        [jackets, long, unknown] = (await client.table("content_assets").insert(rows).execute()).data
        answer = await asyncio.to_thread(
            stack.request, "POST", "/functions/v1/embed", key=stack.secret_key, json={}
        )
        report = answer.json()
        assert (report["errors"], report["texts"]) == ([], {"written": 2, "postponed": 1})
        stored = await client.table("content_assets").select("id,embedding,embedding_model").execute()
        found = {row["id"]: row for row in stored.data}
        expected = StaticEmbedder().encode([JACKETS, LONG])
        for row, vector in zip((jackets, long), expected, strict=True):
            assert found[row["id"]]["embedding_model"] == StaticEmbedder.model
            written = np.array(found[row["id"]]["embedding"].strip("[]").split(","), dtype=np.float32)
            assert np.allclose(written, vector, atol=1e-6)
        assert found[unknown["id"]]["embedding"] is None

        # the worker's vectors and the function's are of one kind
        target = Target("supabase", stack.url, SecretStr(stack.secret_key))
        store = await wiring.open_target(target)
        try:
            await client.table("content_assets").insert({"content": "Meet our new baker"}).execute()
            await wiring.worker(store).run_once()
        finally:
            await store.close()
        for query, expected_text in (
            ("a coat for the rain", JACKETS),
            ("who makes the bread", "Meet our new baker"),
        ):
            found = await client.functions.invoke(
                "semantic-search", {"body": {"query": query}, "responseType": "json"}
            )
            assert found["model"] == StaticEmbedder.model
            assert found["hits"][0]["content"] == expected_text


def test_other_programs_use_it_and_it_comes_back(stack: Stack) -> None:
    expected = StaticEmbedder().encode([JACKETS, LONG])
    assert np.allclose(vectors(stack, JACKETS, LONG), expected, atol=1e-6)
    [process] = own(stack)
    process.kill()
    process.wait(10)
    assert np.allclose(vectors(stack, JACKETS), expected[:1], atol=1e-6)
    body = {"model": StaticEmbedder.model, "input": JACKETS}
    for headers in ({}, {"Authorization": "Bearer x"}):
        answer = stack.request("POST", "/embeddings/v1/embeddings", key="", headers=headers, json=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_api_key")
    other = {"Authorization": f"Bearer {stack.secret_key}"}
    wrong = stack.request(
        "POST", "/embeddings/v1/embeddings", key="", headers=other, json={**body, "model": "gpt"}
    )
    assert (wrong.status_code, "body.model" in wrong.text) == (422, True)
