"""The tools over the REST API of a Supabase project: each agent is its user, and sees her workspace alone."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from fastmcp import Client
from tests.api.conftest import Api, on_supabase
from tests.mcp.test_tools import HIRING, SALE, Agent
from tests.support.stack import Stack, stack

from campaignbase.mcp import production

__all__ = ["stack"]


@pytest.fixture
async def people(stack: Stack) -> AsyncIterator[tuple[Agent, Agent, Api]]:
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        agents = []
        for http in (api.alice, api.bob):
            server = await holder.enter_async_context(production.opened("http://localhost", None, http=http))
            agents.append(Agent(await holder.enter_async_context(Client(server))))
        yield agents[0], agents[1], api


async def test_agents_of_two_people(people: tuple[Agent, Agent, Api]) -> None:
    alice, bob, api = people
    campaign = await alice("create_campaign", name="Spring")
    added = await alice("add_content", items=[{"text": SALE}, {"text": HIRING}], campaign=campaign)
    assert (added["added"], added["content"][0]["label_state"]) == (2, "queued")
    assert added["waiting"] >= 2  # a worker labels
    await api.label()
    rows = await alice("list_content", label_state="labeled")
    assert {row["text"]["text"]: row["category"] for row in rows} == {SALE: "offer", HIRING: "job_opening"}
    hits = (await alice("search_content", query="a job in a kitchen"))["hits"]
    assert hits[0]["text"]["text"] == HIRING

    assert await bob("list_content") == []
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
    assert await bob("list_content") == []
