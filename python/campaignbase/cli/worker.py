"""`campaignbase worker`: label what waits, now or for ever."""

import asyncio
import signal
from contextlib import aclosing
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.labeling import report_line
from campaignbase.cli.session import Database, Json, Session, refuse_common, session
from campaignbase.errors import NotConfiguredError, UnreachableError
from campaignbase.pipeline.labeler import DEFAULT_BATCH, LEASE_SECONDS, BatchReport
from campaignbase.ports import Store
from campaignbase.worker.loop import Worker, stopped_by_signals

MAX_BATCH = 500
MAX_LEASE = 3600
INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing waits.")] = False,
    batch: Annotated[int, typer.Option(min=1, max=MAX_BATCH, help="Rows a round.")] = DEFAULT_BATCH,
    lease: Annotated[
        int,
        typer.Option(
            min=1, max=MAX_LEASE, help="Seconds a claimed row is this worker's; then another may take it."
        ),
    ] = LEASE_SECONDS,
    replay: Annotated[
        bool, typer.Option("--replay", help="First let dead jobs wait again, their failures forgotten.")
    ] = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """Label whatever arrives, in every workspace, until stopped. Run as many as you like.

    Example:  campaignbase worker
    Example:  campaignbase worker --once --json
    """
    refuse_common(ctx, "campaignbase worker", ["--workspace"])
    run = session(ctx, database, None, json)
    run.say_notices()
    report, interrupted = run.run(
        lambda store: _work(run, store, once=once, batch=batch, lease=lease, replay=replay)
    )
    if run.json:
        output.emit(report)
    else:
        output.say(report_line(report))
        for error in list(dict.fromkeys(report.errors))[:5]:
            output.say(f"  {error}")
    if interrupted:
        raise typer.Exit(INTERRUPTED)


async def _work(
    run: Session, store: Store, *, once: bool, batch: int, lease: int, replay: bool
) -> tuple[BatchReport, bool]:
    from campaignbase import wiring

    async with aclosing(wiring.embedders(run.settings, lease)) as found:
        for workspace in await store.workspaces():
            try:
                found.of(workspace)
            except NotConfiguredError as error:
                output.say(f"{error}; its rows wait for a worker that has it")
        working = wiring.worker(store, batch, lease, found)
        return await _run(run, store, working, once=once, replay=replay)


async def _run(
    run: Session, store: Store, working: Worker, *, once: bool, replay: bool
) -> tuple[BatchReport, bool]:
    interrupts = 0
    if replay:
        output.say(f"{output.plural(await store.replay_jobs(), 'dead job')} waiting again")

    def interrupt() -> None:
        nonlocal interrupts
        interrupts += 1
        working.stop()

    with stopped_by_signals(working):
        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupt)
        if once:
            waiting = sum(status.waiting for status in await store.queue_status())
            with output.progress("labeling", waiting) as bar:
                report = await working.run_once(lambda total: bar(total.claimed))
        else:
            output.say("waiting for work; Ctrl-C stops")
            report = await working.run_forever(_Teller(run.json), _tell_unreachable)
    return report, interrupts > 0


class _Teller:
    """A line whenever a batch was finished."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, total: BatchReport) -> None:
        if not self._quiet:
            output.say(f"{report_line(total)} so far")


def _tell_unreachable(error: UnreachableError) -> None:
    output.say(f"{error}; trying again")
