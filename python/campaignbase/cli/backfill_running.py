"""A backfill in the foreground: rows that arrive first, then a few of its own, until it is done or waits."""

import asyncio
import time
from contextlib import aclosing
from datetime import UTC, datetime

from campaignbase.cli import output
from campaignbase.cli.backfill_words import progress_line
from campaignbase.cli.interrupt import heard
from campaignbase.cli.session import Session
from campaignbase.models.backfills import Backfill
from campaignbase.ports import Store

TOLD_SECONDS = 5.0  # between lines where nobody sees a bar
HELD_SECONDS = 0.5  # between looks at a run that another worker has in hand
HELD_TIMES = 240  # looks


async def go_on(run: Session, store: Store, home: str, key: str) -> tuple[Backfill, bool]:
    """(how it stands, whether Ctrl-C ended this; then any worker goes on with it)."""
    from campaignbase import wiring

    async with (
        aclosing(wiring.embedders(run.settings)) as found,
        wiring.brief_answers(store, run.settings) as answers,
        wiring.open_analyst(store, run.settings, say=output.say) as analyst,
        wiring.open_backfiller(
            store, run.settings, found, analyst, answers, worker=wiring.worker_name()
        ) as backfiller,
    ):
        labeler = wiring.labeler(store, found, asking=answers, analyst=analyst)
        state = await read_run(store, home, key)
        told_at, held = time.monotonic(), 0
        with heard() as interrupt, output.progress("backfill", state.total) as bar:
            while not interrupt.asked:
                await labeler.drain(should_stop=lambda: interrupt.asked)
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
                    held += 1
                    if held == HELD_TIMES:
                        break
                    await asyncio.sleep(HELD_SECONDS)
                elif not quiet:
                    output.say(progress_line(state))
            await backfiller.release()
            await labeler.release()
            if waiting := sum(len(batch.hashes) for batch in await store.model_batches(key)):
                waits = output.verb(waiting, "waits", "wait")
                output.say(
                    f"{output.plural(waiting, 'row')} {waits} for batches of the model, for a day at most;"
                    " a worker writes the answers: campaignbase worker"
                )
            return await read_run(store, home, key), interrupt.asked


def _now() -> datetime:
    return datetime.now(UTC)


async def read_run(store: Store, home: str, key: str) -> Backfill:
    return next(one for one in await store.backfills(home) if one.id == key)
