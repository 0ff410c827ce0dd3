"""The loop that sends: slots, slow endpoints, stopping, a database that goes away."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from campaignbase.errors import UnreachableError
from campaignbase.models import Verdict, Workspace
from campaignbase.models.webhooks import ClaimedDelivery, DeliveryResult
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock
from campaignbase.wiring import SystemClock
from campaignbase.worker.deliver import Deliverer

FAST, SLOW = "https://fast.acme.com/", "https://slow.acme.com/"


class FakeSender:
    """Answers 204, or as the address says; what goes to SLOW waits until `release` is set."""

    def __init__(self) -> None:
        self.sent: list[str] = []  # addresses, in the order they were tried
        self.release = asyncio.Event()
        self.under_way: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.statuses: dict[str, int] = {}

    async def send(self, delivery: ClaimedDelivery) -> DeliveryResult:
        url = delivery.url
        self.sent.append(url)
        self.under_way[url] = self.under_way.get(url, 0) + 1
        self.most[url] = max(self.most.get(url, 0), self.under_way[url])
        try:
            if url == SLOW:
                await self.release.wait()
            await asyncio.sleep(0)
            return DeliveryResult(delivery.id, delivery.attempt, status=self.statuses.get(url, 204))
        finally:
            self.under_way[url] -= 1


class Stage:
    def __init__(self, path: Path) -> None:
        self.store = SqliteStore(path, clock=FakeClock())
        self.sender = FakeSender()
        self.deliverer = Deliverer(self.store, self.sender, SystemClock(), worker="w1", slots=16)
        self.workspace: Workspace

    async def endpoint(self, name: str, url: str, messages: int) -> str:
        self.workspace = await self.store.create_workspace("default")
        added, _ = await self.store.add_webhook(self.workspace.id, name, url)
        for _ in range(messages):
            await self.store.test_webhook(added.id)
        return added.id

    async def states(self, endpoint_id: str) -> list[str]:
        rows = await self.store.webhook_deliveries(self.workspace.id, endpoint_id)
        return sorted(row.state for row in rows)


@pytest.fixture
async def stage(tmp_path):
    made = Stage(tmp_path / "here.db")
    yield made
    made.sender.release.set()
    await made.store.close()


async def until(done) -> None:
    for _ in range(1000):
        if await done():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in ten seconds")


async def test_run_once_sends_everything_that_is_due(stage):
    endpoint = await stage.endpoint("fast", FAST, 10)
    report = await stage.deliverer.run_once()
    assert (report.delivered, report.failed) == (10, 0)
    assert await stage.states(endpoint) == ["delivered"] * 10
    assert stage.sender.most == {FAST: 4}


async def test_run_once_tries_what_fails_once(stage):
    endpoint = await stage.endpoint("fast", FAST, 3)
    stage.sender.statuses[FAST] = 500
    report = await stage.deliverer.run_once()
    assert (report.delivered, report.failed) == (0, 3)
    assert await stage.states(endpoint) == ["waiting"] * 3


async def test_an_endpoint_that_does_not_answer_delays_no_other(stage):
    slow = await stage.endpoint("slow", SLOW, 30)
    fast = await stage.endpoint("fast", FAST, 30)
    running = asyncio.create_task(stage.deliverer.run_forever())

    async def fast_is_done() -> bool:
        return await stage.states(fast) == ["delivered"] * 30

    await until(fast_is_done)
    assert await stage.states(slow) == ["leased"] * 4 + ["waiting"] * 26
    stage.sender.release.set()

    async def slow_is_done() -> bool:
        return await stage.states(slow) == ["delivered"] * 30

    await until(slow_is_done)
    assert stage.sender.most[SLOW] == 4
    stage.deliverer.stop()
    assert (await running).delivered == 60


async def test_stop_lets_what_is_under_way_finish_and_begins_nothing(stage):
    slow = await stage.endpoint("slow", SLOW, 6)
    running = asyncio.create_task(stage.deliverer.run_forever())

    async def under_way() -> bool:
        return stage.sender.under_way.get(SLOW) == 4

    await until(under_way)
    stage.deliverer.stop()
    await asyncio.sleep(0)
    stage.sender.release.set()
    assert (await running).delivered == 4
    assert await stage.states(slow) == ["delivered"] * 4 + ["waiting"] * 2


async def test_what_does_not_finish_in_the_grace_keeps_its_lease(stage, monkeypatch):
    monkeypatch.setattr("campaignbase.worker.deliver.GRACE_SECONDS", 0.05)
    slow = await stage.endpoint("slow", SLOW, 1)
    running = asyncio.create_task(stage.deliverer.run_forever())

    async def under_way() -> bool:
        return stage.sender.under_way.get(SLOW) == 1

    await until(under_way)
    stage.deliverer.stop()
    await running
    assert await stage.states(slow) == ["leased"]


async def test_an_answer_is_kept_while_the_database_is_away(stage, monkeypatch):
    monkeypatch.setattr("campaignbase.worker.deliver.UNREACHABLE_SECONDS", 0.01)
    endpoint = await stage.endpoint("fast", FAST, 1)
    complete, told, refusals = stage.store.complete_deliveries, [], 3

    async def flaky(results: Sequence[DeliveryResult]) -> list[Verdict]:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise UnreachableError("away")
        return await complete(results)

    monkeypatch.setattr(stage.store, "complete_deliveries", flaky)
    running = asyncio.create_task(stage.deliverer.run_forever(told.append))

    async def done() -> bool:
        return await stage.states(endpoint) == ["delivered"]

    await until(done)
    stage.deliverer.stop()
    await running
    assert stage.sender.sent == [FAST]
    assert len(told) == 3
