"""What a server offers: options, resources, prompts, and to whom over HTTP."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.mcp.opening import HIRING, NOWHERE, SALE, VAGUE, Agent, local, over_api, serving

from campaignbase.errors import InputError
from campaignbase.mcp.groups import FEATURES

RULE = {"conditions": {"contains_keyword": "hiring"}, "actions": {"add_category": "job_opening"}}


async def test_read_only_offers_no_tool_that_writes(file: Path) -> None:
    async with local(file) as agent:
        tools = {tool.name: tool for tool in await agent.client.list_tools()}
        reads = {name for name, tool in tools.items() if tool.annotations.read_only_hint}
        assert tools.keys() - reads == {
            "add_content", "categorize_content", "create_campaign", "curate_vocabulary", "decide_approval",
            "propose_label", "propose_rule", "record_feedback", "schedule_post",
        }  # fmt: skip
        assert all(tool.output_schema for tool in tools.values())
        for tool in tools.values():
            bare = [
                name for name, told in tool.input_schema["properties"].items() if not told.get("description")
            ]
            assert bare == [], tool.name
    async with local(file, read_only=True) as agent:
        assert {tool.name for tool in await agent.client.list_tools()} == reads
        assert "add_content" in await agent.refused("add_content", items=[{"text": "x"}])
        # the others tell an agent to write
        assert [prompt.name for prompt in await agent.client.list_prompts()] == ["weekly_report"]


async def test_features_choose_groups_and_unknown_ones_are_refused(file: Path) -> None:
    async with local(file, features=["search", "ops"]) as agent:
        assert {tool.name for tool in await agent.client.list_tools()} == {"search_content", "status"}
        assert [str(one.uri) for one in await agent.client.list_resources()] == ["stats://accuracy"]
        assert await agent.client.list_resource_templates() == []
        assert await agent.client.list_prompts() == []
        with pytest.raises(Exception, match=r"(?i)not found|unknown"):
            await agent.client.read_resource(f"content://{NOWHERE}")
    with pytest.raises(InputError, match=f"no feature 'dance'; there is: {', '.join(FEATURES)}"):
        async with local(file, features=["dance"]):
            pass


@pytest.mark.parametrize("opened", [local, over_api])
async def test_a_server_of_one_campaign_stays_in_it(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        spring = await agent("create_campaign", name="Spring")
        autumn = await agent("create_campaign", name="Autumn")
        items = [
            {"text": HIRING, "source_key": "k", "tags": ["kitchen"]},
            {"text": VAGUE},
        ]
        hiring, vague = (await agent("add_content", items=items, campaign=autumn))["content"]
        post = (await agent("schedule_post", platform="x", text="Buy", campaign=autumn))["id"]
        for target, kind in ((hiring["id"], "content"), (post, "post")):
            await agent("decide_approval", target=target, kind=kind, approval="required")
        assert len((await agent("approval_queue"))["items"]) == 2
        assert (await agent("test_rule", **RULE))["read"] == 2
        before = await state_of(agent)
    async with opened(file, campaign_id=spring) as agent:
        for tool, arguments, told in (
            ("list_content", {"campaign": autumn}, "alone"),
            ("search_content", {"query": "x", "campaign": autumn}, "alone"),
            ("review_queue", {"campaign": autumn}, "alone"),
            ("preview_rule", {"conditions": {"contains_keyword": "x"}, "campaign": autumn}, "alone"),
            ("test_rule", {**RULE, "campaign": autumn}, "alone"),
            ("suggest_rules", {"campaign": autumn}, "alone"),
            ("approval_queue", {"campaign": autumn}, "alone"),
            ("decide_approval", {"target": hiring["id"], "kind": "content", "approval": "approved"}, "alone"),
            ("decide_approval", {"target": post, "kind": "post", "approval": "approved"}, "alone"),
            ("curate_vocabulary", {"act": "merge", "name": "kitchen", "other": "urgency"}, "alone"),
            ("performance", {"campaign": autumn}, "alone"),
            ("add_content", {"items": [{"text": "x"}], "campaign": autumn}, "alone"),
            ("add_content", {"items": [{"text": "x"}, {"text": "y", "source_key": "k"}]}, "items.1"),
            ("create_campaign", {"name": "Winter"}, "alone"),
            ("explain_labels", {"content": hiring["id"]}, "no content"),
            ("record_feedback", {"content": vague["id"], "category": "offer"}, "no content"),
            ("categorize_content", {"ids": [vague["id"]]}, "no content"),
            ("schedule_post", {"platform": "x", "content": hiring["id"]}, "no content"),
            ("schedule_post", {"platform": "x", "text": "Buy", "campaign": autumn}, "alone"),
        ):
            assert told in await agent.refused(tool, **arguments), tool
        for address in (f"content://{hiring['id']}", f"campaign://{autumn}"):
            with pytest.raises(Exception, match="alone"):
                await agent.client.read_resource(address)
        [accuracy] = await agent.client.read_resource("stats://accuracy")
        assert '"rows":0' in accuracy.text
        assert (await agent("status"))["content"] == {}
        assert (await agent("review_queue"))["items"] == []
        assert (await agent("approval_queue"))["items"] == []
        assert (await agent("test_rule", **RULE))["read"] == 0
        assert (await agent("suggest_rules"))["rules"] == []
        assert (await agent("list_vocabulary"))["waiting_words"] == []
        assert (await agent("performance"))["posts"] == 0
        assert (await agent("preview_rule", conditions={"contains_keyword": "hiring"}))["count"] == 0
        assert [row["id"] for row in (await agent("list_campaigns"))["campaigns"]] == [spring]
        assert (await agent("list_campaigns", status="paused"))["campaigns"] == []
    async with opened(file) as agent:
        assert await state_of(agent) == before
    async with opened(file, campaign_id=spring) as agent:
        items = [{"text": SALE, "source_key": "own"}]
        [added] = (await agent("add_content", items=items))["content"]
        assert added["campaign_id"] == spring
        assert (await agent("add_content", items=items))["items"][0]["outcome"] == "unchanged"
        assert [row["id"] for row in (await agent("list_content"))["content"]] == [added["id"]]
        hits = (await agent("search_content", query="a job in a kitchen"))["hits"]
        assert [hit["id"] for hit in hits] == [added["id"]]
        tags = (await agent("suggest_tags", text="a job for a dishwasher"))["tags"]
        assert "kitchen" not in [one["tag"] for one in tags]  # which the other campaign's row has
        filed = await agent("record_feedback", content=added["id"], category="offer")
        assert filed["category_source"] == "human"
        assert (await agent("explain_labels", content=added["id"]))["content"]["id"] == added["id"]


async def state_of(agent: Agent) -> Any:
    rows = (await agent("list_content"))["content"]
    told = [await agent("explain_labels", content=row["id"]) for row in rows]
    waiting = await agent("approval_queue")
    return told, waiting, await agent("performance"), await agent("list_campaigns")


@pytest.mark.parametrize("opened", [local, over_api])
async def test_resources_and_prompts(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        campaign = await agent("create_campaign", name="Spring")
        [row] = (await agent("add_content", items=[{"text": SALE}]))["content"]
        for address, told in (
            (f"campaign://{campaign}", '"Spring"'),
            (f"content://{row['id']}", "20% off"),
            ("taxonomy://categories", '"20% off"'),  # with the words by which labels are recognized
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
        for limit in ("0", "51", "many", "9" * 5000):
            with pytest.raises(Exception, match="expected a number from 1 to 50") as caught:
                await agent.client.get_prompt("triage_review_queue", {"limit": limit})
            assert "pydantic" not in str(caught.value)


async def test_http_is_for_this_machine(file: Path) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    accept = {"Accept": "application/json, text/event-stream"}
    async with serving(file, "--read-only") as address, httpx.AsyncClient() as http:
        foreign = await http.post(
            f"{address}/mcp", json=body, headers={**accept, "Origin": "https://evil.example"}
        )
        rebound = await http.post(f"{address}/mcp", json=body, headers={**accept, "Host": "evil.example"})
    assert (foreign.status_code, rebound.status_code) == (403, 421)


@pytest.mark.parametrize("opened", [local, over_api])
async def test_newer_rows_elsewhere_do_not_hide_a_campaigns_from_a_preview(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        for name, rows in (("Spring", 2), ("Autumn", 100)):
            campaign = await agent("create_campaign", name=name)
            items = [{"text": f"{SALE} {place}"} for place in range(rows)]
            await agent("add_content", items=items, campaign=campaign, label=False)
        spring = await agent("create_campaign", name="Spring")
        preview = await agent("preview_rule", conditions={"contains_keyword": "sale"}, campaign=spring)
    assert preview["count"] == 2
