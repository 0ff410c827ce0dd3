"""Deliveries that only pg_net's pokes and pg_cron's sweep set going, while pg_net's stand-in keeps crashing.

Nobody looks by himself here: what stands for the edge function `deliver` works only when it is poked.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random

from tests.support.postgres import Database
from tests.support.receiver import Receiver, Request, receiving

from campaignbase.local.stand_ins import cron, net
from campaignbase.local.stand_ins.install import keep_secret
from campaignbase.stores.postgres import PostgresStore
from campaignbase.wiring import deliverer

ENDPOINTS = 5
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Ledger:
    seed: int
    events: int
    crashes: int
    pokes: int
    undelivered: int  # by what the receiver saw, not by what the database says
    not_marked: int
    most_sends: int
    sends_an_event: float


async def crash_pg_net(database: Database, events: int, crashes: int, seed: int) -> Ledger:
    """Every second crash loses the queue, the others die inside a batch and send it again."""
    random, stop, poked = Random(seed), asyncio.Event(), asyncio.Event()
    loop, faults = asyncio.get_running_loop(), net.Faults()

    def poke(_: Request) -> int:
        loop.call_soon_threadsafe(poked.set)
        return 202

    async with AsyncExitStack() as stack:
        functions = stack.enter_context(receiving(poke))
        receiver = stack.enter_context(receiving())
        keep_secret(
            database.admin_url, "campaignbase_functions_url", f"http://127.0.0.1:{functions.server_port}"
        )
        keep_secret(database.admin_url, "campaignbase_functions_key", "sb_secret_1")
        with database.connect() as owner:
            owner.execute("select cron.schedule('campaignbase_sweep', '1 second', 'select private.sweep()')")
        store = await PostgresStore.open(database.url)
        stack.push_async_callback(store.close)
        workspace = await store.create_workspace("default")
        with database.connect() as owner:
            owner.execute("delete from private.jobs")  # labels that nobody embeds here
        endpoints = [
            (await store.add_webhook(workspace.id, f"e{n}", receiver.url, allow_local=True))[0].id
            for n in range(ENDPOINTS)
        ]
        running = [
            asyncio.create_task(net.run(database.admin_url, stop, faults)),
            asyncio.create_task(cron.run(database.admin_url, stop)),
            asyncio.create_task(_deliver(store, poked, stop)),
        ]
        queued: list[str] = []
        for crash in range(crashes):
            while len(queued) < events * (crash + 1) // crashes:
                queued.append(await store.test_webhook(random.choice(endpoints)))
            if crash % 2:
                await net.crash_server(database.admin_url)
            else:
                faults.crash_after = random.randint(1, 3)
            await asyncio.sleep(random.uniform(0, 0.3))
        await _all_seen(receiver, set(queued))
        stop.set()
        poked.set()
        await asyncio.gather(*running)
        log = await store.webhook_deliveries(workspace.id, limit=events + 1)
    sends = Counter(request.headers["webhook-id"] for request in receiver.seen)
    return Ledger(
        seed=seed,
        events=len(queued),
        crashes=crashes,
        pokes=len(functions.seen),
        undelivered=len(set(queued) - set(sends)),
        not_marked=sum(row.state != "delivered" for row in log),
        most_sends=max(sends.values()),
        sends_an_event=sum(sends.values()) / len(queued),
    )


async def _deliver(store: PostgresStore, poked: asyncio.Event, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await poked.wait()
        poked.clear()
        await deliverer(store, allow_local=True).run_once()


async def _all_seen(receiver: Receiver, queued: set[str]) -> None:
    for _ in range(PATIENCE_SECONDS * 10):
        if queued <= {request.headers["webhook-id"] for request in list(receiver.seen)}:
            return
        await asyncio.sleep(0.1)
