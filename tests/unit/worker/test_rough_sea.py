"""The worker, the listener and a store together, events being lost, doubled and reordered."""

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from tests.support.fake_realtime import FakeRealtime, Weather
from tests.support.listening import KEY, until
from tests.support.virtual_clock import VirtualClock

from campaignbase.models import DEFAULT_WORKSPACE_ID, NewContent
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.pipeline.learn import Learner
from campaignbase.providers.offline import OfflineReader
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock, HashEmbedder, ScriptedAnalyst
from campaignbase.worker.listener import Listener
from campaignbase.worker.loop import Worker
from campaignbase.worker.session import Endpoint

ROWS = 150
CHUNK = 5
DISCONNECTS = 10
LONGEST = 300.0  # virtual seconds


async def test_nothing_is_lost_or_done_twice(
    server: FakeRealtime, clock: VirtualClock, tmp_path: Path
) -> None:
    store = SqliteStore(tmp_path / "rough.db", clock=FakeClock())
    labeler = Labeler(store, Embedders(HashEmbedder()), ScriptedAnalyst(), OfflineReader(), FakeClock())
    listener = Listener(Endpoint(server.url, KEY), clock, random=lambda: 0.5)
    worker = Worker(labeler, Learner(store), clock, wakeups=listener, adapt=True)
    running = asyncio.create_task(worker.run_forever())
    await until(lambda: listener.connected)
    server.weather = Weather(lost=0.2, doubled=0.2, late=0.2)

    ids: list[str] = []
    for chunk in range(ROWS // CHUNK):
        rows = [NewContent(content=f"Post {chunk}.{number}: our sale starts") for number in range(CHUNK)]
        new = (await store.insert_content(DEFAULT_WORKSPACE_ID, rows)).ids
        for key in new:
            await server.change("content_assets", id=key, label_state="queued")
        if chunk % (ROWS // CHUNK // DISCONNECTS) == 0:
            server.drop()
        ids += new
        await clock.advance(1)
    while await store.queue_status():  # virtual time goes faster than the file is written
        assert clock.monotonic() < LONGEST
        await clock.advance(1)
        await asyncio.sleep(0.01)
    worker.stop()
    await running
    await store.close()

    with closing(sqlite3.connect(tmp_path / "rough.db")) as connection:
        decided = Counter(
            row[0]
            for row in connection.execute(
                "select content_asset_id from categorizations where field = 'category'"
            )
        )
    assert decided == dict.fromkeys(ids, 1)
    assert listener.endings["retry"] >= DISCONNECTS - 1
    assert listener.events > 0
