"""Realtime is a hint: events lost, doubled, overtaken and connections cut lose no work and double none."""

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx
import pytest
from tests.chaos.conftest import SEED, Checked
from tests.chaos.fleet import Fleet
from tests.chaos.ledger import Ledger
from tests.chaos.proxy import Proxy
from tests.chaos.waiting import finished, label_vocabulary
from tests.chaos.writing import Writer, over_rest
from tests.support.fake_realtime import Weather
from tests.support.stack import Stack

WEATHER = Weather(lost=0.2, doubled=0.2, late=0.2)
ROWS_AT_ONCE = 10
LIVE_SECONDS = 60.0


@dataclass
class Storm:
    """Rows come in while connections are cut; when the last row is in, there is one cut more."""

    proxy: Proxy
    writer: Writer
    chance: random.Random
    recoveries: list[float] = field(default_factory=list)  # seconds without a subscription

    async def rage(self, *, cuts: int, rows: int) -> None:
        for number in range(cuts):
            due = rows * (number + 1) // cuts - rows * number // cuts
            await asyncio.gather(self._insert(due), asyncio.sleep(self.chance.uniform(0, 0.4)))
            self.proxy.cut()
            cut_at = time.monotonic()
            async with asyncio.timeout(LIVE_SECONDS):
                await self.proxy.live()
            self.recoveries.append(time.monotonic() - cut_at)

    async def _insert(self, rows: int) -> None:
        for start in range(0, rows, ROWS_AT_ONCE):
            await self.writer.insert(min(ROWS_AT_ONCE, rows - start), self.chance)


async def storm(stack: Stack, workers: Fleet, ledger: Ledger, *, cuts: int, rows: int) -> str:
    """Its counts, for people."""
    async with Proxy(stack.url, WEATHER, SEED) as proxy, httpx.AsyncClient() as http:
        written = over_rest(stack, ledger, http)
        await label_vocabulary(stack.database_url)
        worker = workers.be("tests.chaos.listening", "run", [stack.database_url, proxy.url, stack.secret_key])
        ledger.worker(worker.name, worker.pid)
        async with asyncio.timeout(LIVE_SECONDS):
            await proxy.live()
        raging = Storm(proxy, written, random.Random(SEED))
        await raging.rage(cuts=cuts, rows=rows)
        await finished(stack.database_url)
        report = await asyncio.to_thread(workers.ended, worker)
    counts = proxy.counts
    assert counts["cuts"] == cuts
    assert report["sessions"] > cuts
    assert min(counts["lost"], counts["doubled"], counts["late"]) > 0
    slow = sorted(raging.recoveries)
    return (
        f"{cuts} cuts, {rows:,} rows; events: {counts['passed']:,} passed, {counts['lost']:,} lost,"
        f" {counts['doubled']:,} doubled, {counts['late']:,} late, {report['events']:,} heard;"
        f" recovery p50 {slow[len(slow) // 2]:.2f} s, p95 {slow[len(slow) * 95 // 100]:.2f} s (seed {SEED})"
    )


async def test_a_stormy_line_loses_and_doubles_nothing(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked
) -> None:
    await storm(stack, workers, ledger, cuts=4, rows=120)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (120, 0, 0)


@pytest.mark.proof
@pytest.mark.chaos
@pytest.mark.parametrize(("cuts", "rows"), [(500, 10_000)])
async def test_a_long_storm(
    stack: Stack, workers: Fleet, ledger: Ledger, checked: Checked, cuts: int, rows: int
) -> None:
    told = await storm(stack, workers, ledger, cuts=cuts, rows=rows)

    counts = await asyncio.to_thread(checked, stack.admin_url)
    print(f"\n{told}\n{counts}")
    assert (counts["acknowledged"], counts["lost"], counts["doubled"]) == (rows, 0, 0)
