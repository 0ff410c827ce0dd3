"""Every tool as an agent calls it: by the in-memory client, over a process on stdio, and over HTTP."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.mcp.opening import HIRING, HOSTILE, NOWHERE, SALE, VAGUE, Agent, backend_on, local, over_api

from campaignbase.mcp.local import LocalBackend
from campaignbase.mcp.results import NewItem
from campaignbase.stores.sqlite import SqliteStore


async def test_an_agent_at_work(agent: Agent) -> None:
    """Create a campaign, add posts, explain one, correct it, search, look at what waits."""
    plan = {"start_date": "2030-05-01T00:00:00Z", "estimated_cost": 12.5, "posting_frequency": "daily"}
    campaign = await agent("create_campaign", name="Spring", campaign_type="seasonal", **plan)
    assert await agent("create_campaign", name="Spring") == campaign
    items = [{"text": SALE, "source_key": "1"}, {"text": HIRING}, {"text": VAGUE}]
    added = await agent("add_content", items=items, campaign=campaign)
    assert (added["added"], added["skipped"], added["waiting"]) == (3, 0, 0)
    sale, hiring, vague = added["content"]
    assert sale["text"] == {"text": SALE, "untrusted": True}
    assert (sale["category"], hiring["category"]) == ("offer", "job_opening")
    assert vague["label_state"] == "review"
    again = await agent("add_content", items=items[:1], campaign=campaign)
    assert (again["added"], again["skipped"]) == (0, 1)
    assert again["items"] == [{"id": sale["id"], "outcome": "unchanged"}]

    why = await agent("explain_labels", content=sale["id"])
    assert [one["label"] for one in why["decisions"] if one["field"] == "category"] == ["offer"]
    assert all(reason["untrusted"] for one in why["decisions"] for reason in one["reasons"])

    queue = await agent("review_queue")
    assert [item["content"]["id"] for item in queue["items"]] == [vague["id"]]
    told = await agent(
        "record_feedback", content=vague["id"], category="brand_story", add_tags=["color"], remove_tags=[]
    )
    assert (told["category"], told["category_source"]) == ("brand_story", "human")
    assert "color" in told["tags"]
    assert (await agent("review_queue"))["items"] == []

    hits = (await agent("search_content", query="a job in a kitchen", limit=2))["hits"]
    assert hits[0]["id"] == hiring["id"]
    [listed] = (await agent("list_campaigns"))["campaigns"]
    assert listed["id"] == campaign
    status = await agent("status")
    assert status["content"] == {"labeled": 3}
    assert "none is configured" in status["publisher"]


@pytest.mark.parametrize("agent", ["memory", "api"], indirect=True)
async def test_a_vocabulary_is_curated(agent: Agent) -> None:
    text = {"text": "Stalls. #NightMarket #lanterns", "tags": ["hurry"]}
    await agent("add_content", items=[text])
    told = await agent("list_vocabulary")
    assert [(word["word"], word["uses"]) for word in told["waiting_words"]] == [
        ("NightMarket", 1),
        ("lanterns", 1),
    ]
    assert "urgency" in (await agent("curate_vocabulary", act="merge", name="hurry", other="urgency"))["did"]
    await agent("curate_vocabulary", act="promote", name="nightmarket")
    names = {tag["name"] for tag in (await agent("list_vocabulary"))["tags"]}
    assert names & {"hurry", "urgency", "NightMarket"} == {"urgency", "NightMarket"}
    await agent("curate_vocabulary", act="distinct", name="urgency", other="NightMarket")
    assert "needs two labels" in await agent.refused("curate_vocabulary", act="merge", name="urgency")
    # what a person refused an agent does not bring back
    await agent("curate_vocabulary", act="refuse", name="Lanterns")
    wish = {"kind": "tag", "name": "lantern", "description": "Light."}
    assert "was refused as a tag by a person" in await agent.refused("propose_label", **wish)
    assert "no word 'lanterns' waits" in await agent.refused(
        "curate_vocabulary", act="refuse", name="lanterns"
    )


@pytest.mark.parametrize("agent", ["memory", "api"], indirect=True)
async def test_proposals_change_nothing_until_accepted(agent: Agent) -> None:
    before = await agent("list_vocabulary")
    assert {one["keywords"] for one in (*before["categories"], *before["tags"])} == {None}
    [offer] = [
        one for one in (await agent("list_vocabulary", words=True))["categories"] if one["name"] == "offer"
    ]
    assert "discount" in offer["keywords"]
    await agent("propose_label", kind="category", name="podcast", description="Episodes of our podcast")
    await agent("propose_label", kind="tag", name="audio", description="To be heard")
    rule = await agent(
        "propose_rule",
        name="podcasts",
        rule_type="categorization",
        conditions={"contains_keyword": "episode"},
        actions={"add_category": "podcast"},
    )
    after = await agent("list_vocabulary")
    assert {
        row["name"]: row["manual_only"] for row in after["categories"] if row not in before["categories"]
    } == {"podcast": True}
    assert [(row["id"], row["enabled"]) for row in after["rules"] if row not in before["rules"]] == [
        (rule["id"], False)
    ]
    added = await agent("add_content", items=[{"text": "A new episode of our podcast"}])
    assert added["content"][0]["category"] != "podcast"
    preview = await agent("preview_rule", conditions={"contains_keyword": "episode"})
    assert preview["count"] == 1
    assert "exists already" in await agent.refused(
        "propose_label", kind="category", name="Podcast", description="x"
    )


async def test_a_post_is_written_down_and_its_figures_are_summed(file: Path) -> None:
    async with local(file) as agent:
        campaign = await agent("create_campaign", name="Spring")
        [row] = (await agent("add_content", items=[{"text": SALE}], campaign=campaign))["content"]
        at = "2027-03-01T09:00:00Z"
        first = await agent("schedule_post", platform="x", content=row["id"], scheduled_time=at)
        assert (first["status"], first["scheduled_time"]) == ("scheduled", at)
        assert "none is configured" in first["publisher"]
        for platform, figures in (
            ("instagram", {"views": 1000, "likes": 40, "comments": 10}),
            ("instagram", {"views": 1000, "likes": 50}),
            ("x", {"likes": 3}),
        ):
            post = await agent("schedule_post", platform=platform, text="Buy", campaign=campaign)
            with closing(sqlite3.connect(file)) as plain, plain:
                changes = ", ".join(f"{name} = {value}" for name, value in figures.items())
                plain.execute(
                    f"update social_posts set status = 'posted', {changes} where id = ?", (post["id"],)
                )
        found = await agent("performance", campaign=campaign)
        assert (found["posts"], found["scheduled"], found["posted"], found["failed"]) == (4, 1, 3, 0)
        instagram, x = found["platforms"]
        assert (instagram["views"], instagram["likes"], instagram["engagement_rate"]) == (2000, 90, 0.05)
        assert (x["posts"], x["views"], x["likes"], x["engagement_rate"]) == (2, None, 3, None)
        with closing(sqlite3.connect(file)) as plain:
            query = "select post_text, campaign_id from social_posts where id = ?"
            assert plain.execute(query, (first["id"],)).fetchone() == (SALE, campaign)


async def test_hostile_content_is_data(file: Path) -> None:
    async with local(file) as agent:
        [row] = (await agent("add_content", items=[{"text": HOSTILE}]))["content"]
        assert row["text"] == {"text": HOSTILE, "untrusted": True}
        assert row["category_source"] != "human"
        page = await agent("search_content", query="sale")
        assert page["hits"][0]["text"]["untrusted"] is True


async def test_suggestions_name_their_reason_and_store_nothing(file: Path) -> None:
    async with local(file) as agent:
        await agent("add_content", items=[{"text": SALE, "tags": ["discount"]}])
        found = (await agent("suggest_tags", text="Everything 30% off this weekend, hurry"))["tags"]
        assert "discount" in [one["tag"] for one in found]
        assert all(one["reason"] and 0 <= one["score"] <= 1 for one in found)
        assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
        assert (await agent("status"))["content"] == {"labeled": 1}


DEEP: dict[str, Any] = {"tag": "x"}
for _ in range(100):
    DEEP = {"not": DEEP}

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("add_content", {"items": []}, "items"),
    ("add_content", {"items": [{"text": ""}]}, "text"),
    ("add_content", {"items": [{"text": "x", "price": 3}]}, "price"),
    ("add_content", {"items": "x"}, "items"),
    ("add_content", {"items": [{"text": "x"}, {"text": " \n"}]}, "items.1.text is blank"),
    (
        "add_content",
        {"items": [{"text": "x", "source_key": "k"}, {"text": "y"}, {"text": "z", "source_key": "k"}]},
        "items.0 and items.2 have the same source_key 'k'; leave one of the two out",
    ),
    ("schedule_post", {"platform": "x", "text": "  "}, "give a text"),
    (
        "schedule_post",
        {"platform": "x", "text": "Buy", "scheduled_time": "2020-01-01T00:00:00Z"},
        "scheduled_time 2020-01-01T00:00:00Z is in the past, it is 20",
    ),
    ("add_content", {"items": [{"text": "x", "category": "horoscope"}]}, "horoscope"),
    ("add_content", {"items": [{"text": "x", "asset_type": "podcast"}]}, "asset_type"),
    ("add_content", {"items": [{"text": "x"}], "campaign": "5"}, "campaign"),
    (
        "add_content",
        {"items": [{"text": "x"}], "campaign": NOWHERE},
        "campaign",
    ),
    ("search_content", {"query": "sale", "limit": 0}, "limit"),
    ("search_content", {"query": "  "}, "blank"),
    ("search_content", {"query": "sale", "limit": "many"}, "limit"),
    ("search_content", {"query": "sale", "sql": "drop"}, "sql"),
    ("explain_labels", {"content": NOWHERE}, NOWHERE),
    ("explain_labels", {"content": "'; drop table x"}, "content"),
    ("record_feedback", {"content": NOWHERE, "category": "offer"}, NOWHERE),
    ("preview_rule", {"conditions": {"contain_keyword": "x"}}, "contain_keyword"),
    (
        "propose_rule",
        {"name": "r", "rule_type": "categorization", "conditions": {"tag": "sale"}, "actions": {"fly": 1}},
        "fly",
    ),
    ("create_campaign", {"name": "x", "campaign_type": "Big One"}, "campaign_type"),
    ("list_campaigns", {"status": "running"}, "status"),
    (
        "create_campaign",
        {"name": "x", "start_date": "2030-05-02T00:00:00Z", "end_date": "2030-05-01T00:00:00Z"},
        "end_date is before start_date",
    ),
    ("schedule_post", {"platform": "x"}, "give a text"),
    (
        "schedule_post",
        {"platform": "x", "text": "Buy", "scheduled_time": "2027-03-01T09:00:00"},
        "scheduled_time",
    ),
    ("schedule_post", {"platform": "x", "content": NOWHERE}, NOWHERE),
    ("schedule_post", {"platform": "x", "text": "Buy", "campaign": NOWHERE}, "campaign"),
    # what no database keeps
    ("add_content", {"items": [{"text": "a\x00b"}]}, "holds a NUL character; remove it"),
    ("add_content", {"items": [{"text": "x", "tags": ["\x00"]}]}, "holds a NUL"),
    ("add_content", {"items": [{"text": "ok"}, {"text": "x", "source_key": "\x00"}]}, "holds a NUL"),
    ("create_campaign", {"name": "a\nb"}, "one line without control characters"),
    ("create_campaign", {"name": " Lake "}, "has spaces around it; write 'Lake'"),
    ("propose_label", {"kind": "category", "name": " Lake ", "description": "x"}, "spaces around it"),
    ("propose_label", {"kind": "tag", "name": " Lake ", "description": "x"}, "spaces around it"),
    ("create_campaign", {"name": "x", "content_style": "\x00"}, "holds a NUL"),
    ("propose_label", {"kind": "tag", "name": "x", "description": "\x00"}, "holds a NUL"),
    ("record_feedback", {"content": NOWHERE, "add_tags": ["\x00"]}, ""),
    (
        "schedule_post",
        {"platform": "x", "text": "Buy", "scheduled_time": "9999-12-31T23:59:59-14:00"},
        "before the year 1 or after 9999",
    ),
    ("preview_rule", {"conditions": DEEP}, "nested deeper than"),
    (
        "propose_rule",
        {"name": "r", "rule_type": "tagging", "conditions": DEEP, "actions": {}},
        "nested deeper",
    ),
    # another type
    ("search_content", {"query": "sale", "limit": True}, "limit"),
    ("search_content", {"query": "sale", "limit": "1_0"}, "limit: expected a number in digits"),
    ("create_campaign", {"name": "x", "estimated_cost": "1_000"}, "estimated_cost: expected a number in d"),
    ("search_content", {"query": "sale", "limit": 1e300}, "limit"),
    ("search_content", {"query": ["sale"]}, "query"),
    ("add_content", {"items": None}, "items"),
    ("add_content", {"items": [{"text": "x"}] * 101}, "items"),
    ("list_content", {"campaign": {"$ne": None}}, "campaign"),
    ("status", {"verbose": True}, "verbose"),
]


@pytest.mark.parametrize("opened", [local, over_api])
async def test_bad_input_is_told_and_nothing_is_written(file: Path, opened: Any) -> None:
    async with opened(file) as agent:

        async def state() -> Any:
            status = await agent("status")
            return await agent("list_vocabulary"), status["content"], status["jobs_waiting"]

        before = await state()
        for tool, arguments, told in BAD:
            message = await agent.refused(tool, **arguments)
            assert told in message, (tool, arguments)
            assert not any(word in message for word in ("Traceback", "campaignbase ", "pydantic", "/"))
        assert await state() == before


@pytest.mark.parametrize("opened", [local, over_api])
async def test_many_at_once_get_one_campaign(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        made = await asyncio.gather(*(agent("create_campaign", name="Spring") for _ in range(10)))
    assert len(set(made)) == 1


@pytest.mark.parametrize("opened", [local, over_api])
async def test_lists_go_on_with_older_ones(file: Path, opened: Any) -> None:
    async with opened(file) as agent:
        for place in range(5):
            await agent("create_campaign", name=f"Campaign {place}")
        items = [{"text": f"{SALE} Number {place}"} for place in range(5)]
        await agent("add_content", items=items, label=False)
        for tool, rows in (("list_campaigns", "campaigns"), ("list_content", "content")):
            seen, cursor = [], None
            while True:
                page = await agent(tool, limit=2, cursor=cursor)
                seen += [row["id"] for row in page[rows]]
                cursor = page["next"]
                if cursor is None:
                    break
            assert (len(seen), len(set(seen))) == (5, 5)
            assert seen == [row["id"] for row in (await agent(tool))[rows]]
            for wrong in (
                "x",
                "2026-01-01/x",
                f"9999-12-31T23:59:59-14:00/{NOWHERE}",
                f"2026-01-01/{NOWHERE}",
            ):
                assert "not a cursor; send `next` of the" in await agent.refused(tool, cursor=wrong)


@pytest.mark.parametrize("opened", [local, over_api])
async def test_calls_at_once_leave_no_row_unlabeled(file: Path, opened: Any) -> None:
    """A new tag waits for its vector, and content waits for that: whoever takes it works for all."""
    async with opened(file) as agent:
        await agent("propose_label", kind="tag", name="audio", description="To be heard")
        calls = [agent("add_content", items=[{"text": f"{SALE} Number {place}"}]) for place in range(12)]
        states = [row["label_state"] for told in await asyncio.gather(*calls) for row in told["content"]]
        assert states == ["labeled"] * 12


async def test_who_gives_up_waiting_leaves_nothing_held(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = asyncio.Event()
    claim = SqliteStore.claim_jobs

    async def claimed(*args: Any) -> Any:
        found = await claim(*args)
        began.set()
        return found

    async def nobody(_done: int, _of: int) -> None:
        pass

    monkeypatch.setattr(SqliteStore, "claim_jobs", claimed)
    items = [NewItem(text=f"{SALE} Number {place}") for place in range(30)]
    async with backend_on(file) as backend:
        call = asyncio.create_task(backend.add_content(items, None, True, nobody))
        await began.wait()  # what the rows wait for is taken: the vectors of the vocabulary
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        kept = (await backend.content(None, None, 100, None)).content
        assert len(kept) == 30
        done = await backend.categorize([row.id for row in kept], nobody)
        assert {row.label_state for row in done} == {"labeled"}


async def test_what_takes_long_is_told_in_time_and_goes_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An agent that heard of a failure would add it all again."""
    monkeypatch.setattr("campaignbase.mcp.local.LABELING_SECONDS", 0.0)
    answered = asyncio.Event()
    claim = SqliteStore.claim_jobs

    async def later(*args: Any) -> Any:
        await answered.wait()
        return await claim(*args)

    monkeypatch.setattr(SqliteStore, "claim_jobs", later)
    async with local(file) as agent:
        items = [{"text": f"{SALE} Number {place}"} for place in range(45)]
        added = await agent("add_content", items=items)
        assert (added["added"], len(added["content"])) == (45, 45)
        assert {row["label_state"] for row in added["content"]} == {"queued"}
        answered.set()
        while (await agent("status"))["content"] != {"labeled": 45}:
            await asyncio.sleep(0.05)


async def test_what_takes_long_over_the_api_is_asked_for_at_once(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignbase.mcp.remote.LABELING_SECONDS", 0.0)
    told: list[float] = []

    async def heard(done: float, _of: float | None, _: str | None) -> None:
        told.append(done)

    async with over_api(file) as agent:
        items = [{"text": f"{SALE} Number {place}"} for place in range(45)]
        added = await agent.client.call_tool("add_content", {"items": items}, progress_handler=heard)
        assert len(added.structured_content["content"]) == 45
        assert told == [0, 45]


@pytest.mark.parametrize("opened", [local, over_api])
async def test_long_work_tells_how_far_it_is(file: Path, opened: Any) -> None:
    told: list[tuple[float, float | None]] = []

    async def heard(done: float, of: float | None, _: str | None) -> None:
        told.append((done, of))

    async with opened(file) as agent:
        items = [{"text": f"{SALE} Number {place}"} for place in range(45)]
        await agent.client.call_tool("add_content", {"items": items}, progress_handler=heard)
        assert told == [(0, 45), (20, 45), (40, 45), (45, 45)]


@pytest.mark.parametrize("label", [True, False])
async def test_many_rows_cost_few_requests(file: Path, label: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred of them must not use up the rate of the one who adds them."""
    asked: list[str] = []
    send = httpx.AsyncClient.request

    async def counted(http: Any, method: str, path: str, **rest: Any) -> Any:
        asked.append(f"{method} {path}")
        return await send(http, method, path, **rest)

    async with over_api(file) as agent:
        monkeypatch.setattr(httpx.AsyncClient, "request", counted)
        items = [{"text": f"{SALE} Number {place}"} for place in range(30)]
        added = await agent("add_content", items=items, label=label)
        assert [row["text"]["text"] for row in added["content"]] == [item["text"] for item in items]
        labeling = ["POST /content/categorize"] * 2 if label else ["GET /content"]
        assert asked == ["POST /content/bulk", *labeling, "GET /jobs"]


async def test_what_we_did_not_expect_is_hidden(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setattr(LocalBackend, "status", broken)
    async with local(file) as agent:
        assert "secret" not in await agent.refused("status")
