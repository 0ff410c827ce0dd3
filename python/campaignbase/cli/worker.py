"""`campaignbase worker`: label what waits, now or for ever."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.interrupt import Interrupt, Interrupted, heard
from campaignbase.cli.labeling import report_line, tell_held, waiting_rows
from campaignbase.cli.session import Database, Json, Session, refuse_common, session
from campaignbase.cli.worker_line import COUNT_SECONDS, Line, tell_hearing
from campaignbase.core.batching import LARGEST
from campaignbase.errors import InputError, NotConfiguredError
from campaignbase.models.cache import CacheCount
from campaignbase.pipeline.invitations import MailReport
from campaignbase.pipeline.labeler import LEASE_SECONDS, BatchReport
from campaignbase.ports import MediaStore, Store
from campaignbase.worker.clean import Cleaner
from campaignbase.worker.curate import Curator
from campaignbase.worker.deliver import Deliverer, DeliveryReport
from campaignbase.worker.loop import Worker, stopped_by_signals
from campaignbase.worker.mail import Mailing
from campaignbase.worker.waiting import canceled
from campaignbase.worker.watch import Snapshot, Watch

if TYPE_CHECKING:
    from campaignbase.worker.listener import Listener

Done = tuple[BatchReport, bool, tuple[int, int] | None]  # interrupted?; assets and campaigns left waiting

MAX_BATCH = 500
MAX_LEASE = 3600


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    ctx: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing waits.")] = False,
    batch: Annotated[
        int, typer.Option(min=1, max=MAX_BATCH, help="Rows a round at most; few while little waits.")
    ] = LARGEST,
    lease: Annotated[
        int,
        typer.Option(
            min=1, max=MAX_LEASE, help="Seconds a claimed row is this worker's; then another may take it."
        ),
    ] = LEASE_SECONDS,
    replay: Annotated[
        bool, typer.Option("--replay", help="First let dead jobs wait again, their failures forgotten.")
    ] = False,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Serve /health and /metrics here; 0 takes a free port."),
    ] = None,
    metrics_host: Annotated[
        str, typer.Option(help="Where to serve them; 0.0.0.0 lets other machines look.")
    ] = "127.0.0.1",
    database: Database = None,
    json: Json = False,
) -> None:
    """Label whatever arrives, in every workspace, until stopped. Run as many as you like.

    Example:  campaignbase worker
    Example:  campaignbase worker --once --json
    Example:  campaignbase worker --metrics-port 9464
    """
    refuse_common(ctx, "campaignbase worker", ["--workspace"])
    if once and metrics_port is not None:
        raise InputError("--metrics-port has no effect with --once; leave one of them out")
    run = session(ctx, database, None, json)
    run.say_notices()

    async def act(store: Store) -> Done:
        from campaignbase import wiring

        if replay:
            replayed = await store.replay_jobs()
            waits = output.verb(replayed, "waits", "wait")
            output.say(f"{output.plural(replayed, 'dead job')} {waits} again")
        async with (
            aclosing(wiring.embedders(run.settings, lease)) as found,
            wiring.open_cache(store, run.settings, output.say) as cache,
            wiring.open_analyst(store, run.settings, lease, brief=once, say=output.say) as analyst,
            wiring.open_backfiller(
                store,
                run.settings,
                found,
                analyst,
                wiring.answers(cache, store),
                worker=wiring.worker_name(),
                lease_seconds=lease,
            ) as backfiller,
        ):
            for workspace in await store.workspaces():
                try:
                    found.of(workspace)
                except NotConfiguredError as error:
                    output.say(f"{error}; its rows wait for a worker that has it")
            listener = None if once else wiring.listener_of(run.target, None if run.json else tell_hearing)
            working = wiring.worker(
                store, batch, lease, found, listener, wiring.answers(cache, store), analyst, backfiller
            )
            delivering = wiring.deliverer(store, allow_local=run.settings.local_webhooks(run.target))
            mailing = wiring.mailing(store, run.settings)
            async with _media(run) as files:
                cleaner = Cleaner(store, files, wiring.SystemClock(), output.say)
                if once:
                    return await _once(store, working, delivering, mailing, cleaner)
                return await _forever(
                    run,
                    store,
                    working,
                    delivering,
                    mailing,
                    cleaner,
                    listener,
                    cache.counters.all,
                    metrics_port,
                    metrics_host,
                )

    report, interrupted, held = run.run(act)
    if run.json:
        waits = {} if held is None else {"waiting": held[0], "waiting_campaigns": held[1]}
        output.emit({**asdict(report), **waits, "interrupted": interrupted})
    else:
        output.say(report_line(report))
        for error in list(dict.fromkeys(report.errors))[:5]:
            output.say(f"  {error}")
        if held is not None and not interrupted:
            tell_held(*held)
    if interrupted:
        raise Interrupted


@asynccontextmanager
async def _media(run: Session) -> AsyncIterator[MediaStore | None]:
    from campaignbase import wiring

    try:
        files = wiring.open_media(run.target, run.settings)
    except NotConfiguredError:  # said by the cleaner, once there is something to remove
        yield None
        return
    async with aclosing(files):
        yield files


async def _once(
    store: Store, working: Worker, delivering: Deliverer, mailing: Mailing | None, cleaner: Cleaner
) -> Done:
    from campaignbase import wiring

    with _stoppable(working, delivering, mailing) as interrupt:
        waiting = sum(status.waiting for status in await store.queue_status())
        with output.progress("labeling", waiting) as bar:
            report = await working.run_once(lambda total: bar(total.claimed))
        if working.backfill_steps:
            steps = output.plural(working.backfill_steps, "step")
            output.say(f"{steps} of backfills done; see: campaignbase backfill status")
        _tell_deliveries(await delivering.run_once())
        if mailing is not None:
            _tell_mails(await mailing.run_once())
        await cleaner.run_once()
        await Curator(store, wiring.SystemClock(), output.say).run_once()
        return report, interrupt.asked, await waiting_rows(store)


async def _forever(
    run: Session,
    store: Store,
    working: Worker,
    delivering: Deliverer,
    mailing: Mailing | None,
    cleaner: Cleaner,
    listener: "Listener | None",
    cached: Callable[[], list[CacheCount]],
    metrics_port: int | None,
    metrics_host: str,
) -> Done:
    from campaignbase import wiring

    watch = Watch(store, working, wiring.SystemClock(), listener)
    line = Line(watch.now, quiet=run.json)
    seconds = line.count_seconds() if metrics_port is None else COUNT_SECONDS
    with (
        _stoppable(working, delivering, mailing) as interrupt,
        _served(watch.now, cached, metrics_port, metrics_host),
    ):
        output.say("waiting for work; Ctrl-C stops")
        beside = [asyncio.create_task(watch.run(seconds)), asyncio.create_task(line.show())]
        beside.append(asyncio.create_task(cleaner.run()))
        beside.append(asyncio.create_task(Curator(store, wiring.SystemClock(), output.say).run()))
        sending = asyncio.create_task(delivering.run_forever())
        # what ends it unasked is told at once, not when the worker is stopped; a second stop() would hurry
        sending.add_done_callback(lambda _: None if working.stopping else working.stop())
        mails = asyncio.create_task(mailing.run_forever(output.say)) if mailing is not None else None
        if mails is not None:
            mails.add_done_callback(lambda _: None if working.stopping else working.stop())
        try:
            report = await working.run_forever(None, line.unreachable)
            delivering.stop()
            _tell_deliveries(await sending)
            if mailing is not None and mails is not None:
                mailing.stop()
                _tell_mails(await mails)
        finally:
            await canceled(sending, *([mails] if mails is not None else []), *beside)
        return report, interrupt.asked, None


def _tell_deliveries(report: DeliveryReport) -> None:
    if report.delivered or report.failed:
        failed = output.plural(report.failed, "failed try", "failed tries")
        output.say(f"webhooks: {report.delivered:,} delivered, {failed}")


def _tell_mails(report: MailReport) -> None:
    if report.sent or report.failed:
        failed = output.plural(report.failed, "failed try", "failed tries")
        why = f"; {report.trouble}" if report.trouble else ""
        output.say(f"invitations: {report.sent:,} mailed, {failed}{why}")


@contextmanager
def _stoppable(working: Worker, delivering: Deliverer, mailing: Mailing | None) -> Iterator[Interrupt]:
    """SIGTERM and Ctrl-C stop the worker; the latter is told apart."""

    def stop() -> None:
        working.stop()
        delivering.stop()
        if mailing is not None:
            mailing.stop()

    with stopped_by_signals(stop), heard() as interrupt:
        interrupt.then(stop)
        yield interrupt


@contextmanager
def _served(
    now: Callable[[], Snapshot], cached: Callable[[], list[CacheCount]], port: int | None, host: str
) -> Iterator[None]:
    if port is None:
        yield
        return
    try:
        from campaignbase.worker.health import serving
    except ImportError as error:
        raise NotConfiguredError(
            f"--metrics-port needs the package {error.name}; run: pip install 'campaignbase[supabase]'"
        ) from None
    with serving(now, port, host, cached=cached) as address:
        output.say(f"serving {address}/health and {address}/metrics")
        yield
