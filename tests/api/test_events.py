"""The stream of labels, over a real socket."""

import asyncio
import json
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from tests.api.conftest import Api, client, opened, settings
from tests.api.serving import serving

from campaignbase.api.app import create_app, open_backend

HIRING = "We're hiring! Two dishwashers for the evening shift. $19 an hour. Apply now."


async def test_a_row_is_told_when_it_is_labeled(tmp_path: Path) -> None:
    app = create_app(open_backend(settings(), str(tmp_path / "a.db")))
    with serving(app) as url:
        async with (
            httpx.AsyncClient(base_url=url, timeout=30) as asking,
            asking.stream("GET", "/content/events", params={"seconds": 20}) as stream,
        ):
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.aiter_lines()
            assert await anext(lines) == "retry: 2000"
            row = (await asking.post("/content", json={"content": HIRING})).json()
            await asking.post("/content/categorize", json={"ids": [row["id"]]})
            seen = [line async for line in _until_data(lines)]
    assert seen[:2] == ["event: labeled", f"id: {row['id']}"]
    assert json.loads(seen[2].removeprefix("data: "))["primary_category"] == "job_opening"


async def _until_data(lines):  # type: ignore[no-untyped-def]
    async for line in lines:
        if line:
            yield line
        if line.startswith("data: "):
            return


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


async def test_too_many_streams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as holder:
        app = await opened(holder, settings(), str(tmp_path / "a.db"))
        asking = await holder.enter_async_context(client(app))
        streams = []
        for _ in range(6):
            streams.append(asyncio.create_task(asking.get("/content/events", params={"seconds": 2})))
            await asyncio.sleep(0.1)
        statuses = [(await one).status_code for one in streams]
    assert statuses == [200] * 5 + [429]
