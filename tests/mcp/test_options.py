"""What a server offers: options, resources, prompts, and to whom over HTTP."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.mcp.opening import HIRING, NOWHERE, SALE, local, over_api, serving

from campaignbase.errors import InputError
from campaignbase.mcp.server import FEATURES


async def test_read_only_offers_no_tool_that_writes(file: Path) -> None:
    async with local(file) as agent:
        tools = {tool.name: tool for tool in await agent.client.list_tools()}
        reads = {name for name, tool in tools.items() if tool.annotations.read_only_hint}
        assert tools.keys() - reads == {
            "add_content", "categorize_content", "create_campaign", "propose_label", "propose_rule",
            "record_feedback", "schedule_post",
        }  # fmt: skip
        assert all(tool.output_schema for tool in tools.values())
    async with local(file, read_only=True) as agent:
        assert {tool.name for tool in await agent.client.list_tools()} == reads
        assert "add_content" in await agent.refused("add_content", items=[{"text": "x"}])


async def test_features_choose_groups_and_unknown_ones_are_refused(file: Path) -> None:
    async with local(file, features=["search", "ops"]) as agent:
        assert {tool.name for tool in await agent.client.list_tools()} == {"search_content", "status"}
    with pytest.raises(InputError, match=f"no feature 'dance'; there is: {', '.join(FEATURES)}"):
        async with local(file, features=["dance"]):
            pass


async def test_a_server_of_one_campaign_stays_in_it(file: Path) -> None:
    async with local(file) as agent:
        spring = await agent("create_campaign", name="Spring")
        autumn = await agent("create_campaign", name="Autumn")
        await agent("add_content", items=[{"text": HIRING}], campaign=autumn)
    async with local(file, campaign_id=spring) as agent:
        [added] = (await agent("add_content", items=[{"text": SALE}]))["content"]
        assert added["campaign_id"] == spring
        assert [row["id"] for row in await agent("list_content")] == [added["id"]]
        hits = (await agent("search_content", query="a job in a kitchen"))["hits"]
        assert [hit["id"] for hit in hits] == [added["id"]]
        for tool, arguments in (
            ("list_content", {"campaign": autumn}),
            ("search_content", {"query": "x", "campaign": autumn}),
            ("add_content", {"items": [{"text": "x"}], "campaign": autumn}),
            ("create_campaign", {"name": "Winter"}),
        ):
            assert "alone" in await agent.refused(tool, **arguments)


@pytest.mark.parametrize("opened", [local, over_api])
async def test_resources_and_prompts(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        campaign = await agent("create_campaign", name="Spring")
        [row] = (await agent("add_content", items=[{"text": SALE}]))["content"]
        for address, told in (
            (f"campaign://{campaign}", '"Spring"'),
            (f"content://{row['id']}", "20% off"),
            ("taxonomy://categories", '"offer"'),
            ("stats://accuracy", '"rows":1'),
        ):
            [read] = await agent.client.read_resource(address)
            assert told in read.text
            assert read.mime_type == "application/json"
        for address, refusal in (
            ("campaign://nobody", "no campaign with id 'nobody'"),
            (f"content://{NOWHERE}", NOWHERE),
            ("campaign://..%2Fhealth%2Flive", "(?i)not found"),  # no way to other paths of the API
            ("content://..", "(?i)not found"),
            ("file:///etc/passwd", "(?i)not found"),
        ):
            with pytest.raises(Exception, match=refusal):
                await agent.client.read_resource(address)
        prompts = {prompt.name for prompt in await agent.client.list_prompts()}
        assert prompts == {"weekly_report", "triage_review_queue", "propose_rules"}
        [message] = (await agent.client.get_prompt("triage_review_queue", {"limit": "3"})).messages
        assert "Fetch 3 rows" in message.content.text


async def test_http_is_for_this_machine(file: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    async with serving(file, "--read-only") as address, httpx.AsyncClient() as http:
        foreign = await http.post(
            f"{address}/mcp", json=body, headers={**accept, "Origin": "https://evil.example"}
        )
        rebound = await http.post(f"{address}/mcp", json=body, headers={**accept, "Host": "evil.example"})
    assert (foreign.status_code, rebound.status_code) == (403, 421)
