"""A backfill in the foreground: rows that arrive first, then a few of its own, until it is done or waits."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from campaignbase.cli import output
from campaignbase.cli.backfill_words import progress_line
from campaignbase.cli.interrupt import heard
from campaignbase.cli.session import Session
from campaignbase.errors import CampaignbaseError
from campaignbase.models.backfills import Backfill
from campaignbase.pipeline.backfill import Backfiller
from campaignbase.pipeline.labeler import Labeler
from campaignbase.ports import Store

TOLD_SECONDS = 5.0  # between lines where nobody sees a bar
HELD_SECONDS = 0.5  # between looks at a run that another worker has in hand
HELD_TIMES = 300  # looks; leases of a killed worker end within two minutes


async def go_on(run: Session, store: Store, home: str, key: str) -> tuple[Backfill, bool]:
    """(how it stands, whether Ctrl-C ended this; then any worker goes on with it)."""
    async with _at_work(run, store) as (labeler, backfiller):
        state = await read_run(store, home, key)
        told_at, held, told = time.monotonic(), 0, state.last_error
        with heard() as interrupt, output.progress("backfill", state.total) as bar:
            while not interrupt.asked:
                arrived = await labeler.drain(should_stop=lambda: interrupt.asked)
                step = await backfiller.step(key)
                quiet = time.monotonic() - told_at < TOLD_SECONDS
                if step is not None and quiet and step.rows:
                    held = 0
                    continue
                told_at = time.monotonic()
                state = await read_run(store, home, key)
                bar(min(state.total, state.scanned))
                if state.state != "running" or (state.run_at or _now()) > _now():
                    break
                if step is None:
                    if state.last_error not in (None, told):
                        told = state.last_error
                        output.say(f"waiting: {told}")
                    held = 0 if arrived.claimed else held + 1
                    if held == HELD_TIMES or await store.model_batches(key):
                        break
                    await asyncio.sleep(HELD_SECONDS)
                elif not quiet:
                    output.say(progress_line(state))
            await backfiller.release()
            await labeler.release()
            if waiting := await with_providers(store, key):
                waits = output.verb(waiting, "waits", "wait")
                output.say(
                    f"{output.plural(waiting, 'row')} {waits} for batches of the model, for a day at most;"
                    " a worker writes the answers: campaignbase worker"
                )
            return await read_run(store, home, key), interrupt.asked


async def call_back(run: Session, store: Store, key: str) -> None:
    """The batches of a canceled run."""
    if not (waiting := await with_providers(store, key)):
        return
    try:
        async with _at_work(run, store) as (_, backfiller):
            await backfiller.call_back(key)
    except CampaignbaseError as error:
        output.say(str(error))
    output.say(
        f"{output.plural(waiting, 'row')} waited for batches of the model and"
        f" {output.verb(waiting, 'keeps its', 'keep their')} label; what was answered by now is paid, and a"
        " worker with the model's key settles it: campaignbase worker"
    )


async def with_providers(store: Store, key: str) -> int:
    """Rows whose questions wait there."""
    return sum(len(batch.hashes) for batch in await store.model_batches(key))


@asynccontextmanager
async def _at_work(run: Session, store: Store) -> AsyncIterator[tuple[Labeler, Backfiller]]:
    from campaignbase import wiring

    async with (
        aclosing(wiring.embedders(run.settings)) as found,
        wiring.brief_answers(store, run.settings) as answers,
        wiring.open_analyst(store, run.settings, say=output.say) as analyst,
        wiring.open_backfiller(
            store, run.settings, found, analyst, answers, worker=wiring.worker_name()
        ) as backfiller,
    ):
        yield wiring.labeler(store, found, asking=answers, analyst=analyst), backfiller


def _now() -> datetime:
    return datetime.now(UTC)


async def read_run(store: Store, home: str, key: str) -> Backfill:
    return next(one for one in await store.backfills(home) if one.id == key)
