"""The stream of labels: over a real socket, from a file and from the offline stack."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.api.conftest import Api, client, on_supabase, opened, settings
from tests.api.serving import serving
from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.api import watching
from campaignbase.api.access import Access
from campaignbase.api.app import create_app, open_backend
from campaignbase.api.feed import Feed
from campaignbase.api.routers.events import events
from campaignbase.worker import session

HIRING = "We're hiring! Two dishwashers for the evening shift. $19 an hour. Apply now."


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """Nobody waits for connections to Realtime to close, but for the test's event loop."""
    yield
    await asyncio.gather(*session._closing)


def told(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Kind, id and row of each event."""
    found = []
    for block in text.split("\n\n")[:-1]:  # the last is not whole
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in lines:
            found.append((lines["event"], lines["id"], json.loads(lines["data"])))
    return found


async def until(seen: AsyncIterator[str], ids: Iterable[str]) -> list[tuple[str, str, dict[str, Any]]]:
    text = ""
    async with asyncio.timeout(30):
        async for part in seen:
            text += part
            if {row["id"] for _, _, row in told(text)} >= set(ids):
                break
    return told(text)


async def test_a_row_is_told_when_it_is_labeled_and_the_stream_goes_on_where_it_was(tmp_path: Path) -> None:
    app = create_app(open_backend(settings(), str(tmp_path / "a.db")))
    with serving(app) as url:
        async with httpx.AsyncClient(base_url=url, timeout=30) as asking:

            async def add(*texts: str) -> list[str]:
                made = await asking.post("/content/bulk", json={"items": [{"content": one} for one in texts]})
                ids: list[str] = made.json()["ids"]
                for start in range(0, len(ids), 100):
                    some = ids[start : start + 100]
                    (await asking.post("/content/categorize", json={"ids": some})).raise_for_status()
                return ids

            await add("Spring sale: 20% off everything until Sunday!")  # before anybody listens
            async with asking.stream("GET", "/content/events", params={"seconds": 20}) as stream:
                assert stream.headers["content-type"].startswith("text/event-stream")
                parts = stream.aiter_text()
                begin = await anext(parts)
                assert begin.startswith("retry: 2000\nid: ")
                first = await add(HIRING)
                [(kind, _, row)] = await until(parts, first)
            assert (kind, row["id"], row["primary_category"]) == ("labeled", first[0], "job_opening")

            begun = begin.removeprefix("retry: 2000\nid: ").strip()
            more = await add(*(f"{HIRING} {place}" for place in range(220)))  # while nobody listens
            headers = {"Last-Event-ID": begun}
            async with asking.stream("GET", "/content/events", headers=headers) as stream:
                await until(stream.aiter_text(), {*first, *more})


async def test_last_event_id_is_checked(local: Api) -> None:
    for wrong in (
        "x",
        "2026-01-01T00:00:00+00:00/x",
        f"2026-01-01T00:00:00/{uuid4()}",
        f"9999-12-31T23:59:59-23:59/{uuid4()}",
        str(uuid4()),
    ):
        answer = await local.alice.get("/content/events", headers={"Last-Event-ID": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "header.last-event-id")
    first = {"Last-Event-ID": f"0001-01-01T00:00:00+00:00/{uuid4()}"}
    answer = await local.alice.get("/content/events", headers=first, params={"seconds": 0.1})
    assert answer.status_code == 200


@pytest.mark.parametrize("lost", [False, True])
async def test_many_rows_at_once_are_all_told(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, lost: bool
) -> None:
    """By Realtime alone; and by looking alone, where every event is lost."""
    listeners: list[Any] = []
    looks: list[Feed] = []
    listener, look = wiring.listener, Feed.look

    def kept(*given: Any, **named: Any) -> Any:
        listeners.append(listener(*given, **named))
        return listeners[-1]

    def counted(self: Feed) -> AsyncIterator[Any]:
        looks.append(self)
        return look(self)

    monkeypatch.setattr(wiring, "listener", kept)
    monkeypatch.setattr(Feed, "look", counted)
    monkeypatch.setattr(watching, "SWEEP_SECONDS", 1.0 if lost else 1000.0)
    if lost:
        monkeypatch.setattr(watching.ProjectWatch, "changed", lambda *_: None)
        monkeypatch.setattr(watching.ProjectWatch, "_woken", lambda *_: None)
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        backend = api.app.state.backend
        caller = await backend.caller(api.alice.headers["Authorization"])
        store = await backend.store(caller)
        [home] = await store.workspaces()
        items = [{"content": f"{HIRING} {place}"} for place in range(220)]
        ids = (await api.alice.post("/content/bulk", json={"items": items})).json()["ids"]

        stream = events(Access(backend, caller, store, None), home.id, 60, None)
        assert (await anext(stream)).startswith("retry: 2000")
        seen = asyncio.create_task(until(stream, ids))
        while not (listeners and listeners[0].connected and looks):
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        looks.clear()
        await api.label()
        found = await seen
        assert sorted(row["id"] for _, _, row in found) == sorted(ids)
        assert {kind for kind, _, _ in found} == {"labeled"}
        assert bool(looks) is lost
        await stream.aclose()


async def test_it_ends_with_the_token(stack: Stack) -> None:
    async with AsyncExitStack() as holder:
        api = await on_supabase(holder, stack)
        token = stack.token(stack.sign_up().id, expires_in=2.5)
        async with asyncio.timeout(20):
            answer = await api.alice.get("/content/events", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


async def test_it_ends_and_tells_only_the_callers_rows(api: Api) -> None:
    seconds = 2.5 if api.kind == "sqlite" else 6  # the stack may be busy with others

    async def listen() -> str:
        return (await api.alice.get("/content/events", params={"seconds": seconds})).text

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.5)
    mine = (await api.alice.post("/content", json={"content": HIRING})).json()
    theirs = (await api.bob.post("/content", json={"content": HIRING})).json()
    await api.label()
    told = await listening
    assert mine["id"] in told
    assert theirs["id"] not in told


async def test_what_was_labeled_before_is_no_news(api: Api) -> None:
    """Rows of the newest moment are looked at again; who began to listen was told the last one there was."""
    await api.alice.post("/content/bulk", json={"items": [{"content": HIRING}, {"content": "Blue."}]})
    await api.label()
    store = await wiring.open_target(api.target)
    try:
        workspace = (await api.alice.get("/content")).json()["items"][0]["workspace_id"]
        feed = Feed(store, workspace, 20)
        await feed.start(None)
        assert [row.id async for row in feed.look()] == []
        made = (await api.alice.post("/content", json={"content": f"{HIRING} Tonight."})).json()
        await api.label()
        assert [row.id async for row in feed.look()] == [made["id"]]
    finally:
        await store.close()


async def test_too_many_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as holder:
        app = await opened(holder, settings(), str(tmp_path / "a.db"))
        asking = await holder.enter_async_context(client(app))
        listen = partial(asking.get, "/content/events", params={"seconds": 1})
        statuses = [one.status_code for one in await asyncio.gather(*(listen() for _ in range(12)))]
        again = (await listen()).status_code
    assert (sorted(statuses), again) == ([200] * 5 + [429] * 7, 200)
