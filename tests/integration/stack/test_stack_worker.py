"""A row that a member inserts is labeled and the member sees it, with nobody asking: realtime both ways."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.support.stack import Stack

from campaignbase import wiring
from campaignbase.worker.listener import Listener
from campaignbase.worker.loop import Worker

SECONDS = 25.0  # less than a sweep: only an event can have woken the worker


@asynccontextmanager
async def working(stack: Stack) -> AsyncIterator[tuple[Worker, Listener, list[str]]]:
    """A worker on the database itself, woken by the project's realtime; connected, nothing left to do."""
    said: list[str] = []
    spoken = asyncio.Event()

    def say(line: str) -> None:
        said.append(line)
        spoken.set()

    store = await wiring.open_store(stack.database_url)
    try:
        await wiring.worker(store).run_once()  # the vectors of the vocabulary
        listener = wiring.listener(stack.url, stack.secret_key, say=say)
        worker = wiring.worker(store, wakeups=listener)
        running = asyncio.create_task(worker.run_forever())
        try:
            await spoken.wait()
            yield worker, listener, said
        finally:
            worker.stop()
            await running
    finally:
        await store.close()


async def test_an_inserted_row_is_labeled_and_its_member_is_told(stack: Stack) -> None:
    member = stack.sign_up()
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    standing = asyncio.Event()
    async with (
        asyncio.timeout(60),
        stack.client(member.token) as client,
        working(stack) as (worker, listener, said),
    ):
        channel = client.channel("content")
        channel.on_postgres_changes(
            "UPDATE", lambda change: told.put_nowait(change["data"]["record"]), "content_assets", "public"
        )
        channel.on_system(lambda _: standing.set())
        await channel.subscribe()
        await standing.wait()

        events = listener.events
        new = {"content": "Spring sale: 20% off everything in store, this week only"}
        (row,) = (await client.table("content_assets").insert(new).execute()).data
        async with asyncio.timeout(SECONDS):
            while (seen := await told.get())["label_state"] == "queued":
                pass

        assert (seen["id"], seen["label_state"], seen["primary_category"]) == (row["id"], "labeled", "offer")
        assert listener.events > events
        assert worker.total.labeled == 1
        assert said == ["realtime: connected"]
        await client.remove_all_channels()
