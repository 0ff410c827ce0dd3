"""`campaignbase backfill`: label rows again that are there already, or give them vectors by another model."""

from collections.abc import Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import typer

from campaignbase.cli import output
from campaignbase.cli.backfill_labels import by_own_names
from campaignbase.cli.backfill_running import call_back, go_on, read_run
from campaignbase.cli.backfill_words import end_line, plan_of, record, show_plan, table_of
from campaignbase.cli.interrupt import Interrupted
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.core.selection import selection as read_selection
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.backfills import OPEN, Backfill, NewBackfill, Switched
from campaignbase.ports import Store

SAMPLE = 1000  # rows that a dry run decides

app = typer.Typer(invoke_without_command=True)

Which = Annotated[
    str | None, typer.Argument(help="The run, by the beginning of its id; else all.", show_default=False)
]
Detach = Annotated[bool, typer.Option("--detach", help="Leave the work to the workers.")]


@app.callback()
def backfill(
    ctx: typer.Context,
    where: Annotated[
        list[str],
        typer.Option(
            help="FIELD=VALUE[,VALUE], or a rule's conditions as JSON; may be repeated, all are to hold."
        ),
    ] = [],  # noqa: B006
    older: Annotated[
        str | None,
        typer.Option(
            "--only-older-than",
            metavar="VERSION",
            help="Decided before: vocabulary:N, prompt:VERSION, model:NAME, head, or a date.",
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All content and campaigns.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change and cost; write nothing.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=f"Rows that a dry run decides; 0: all of them. [default: {SAMPLE}]",
            show_default=False,
        ),
    ] = None,
    batched: Annotated[
        bool, typer.Option("--batches", help="Ask the model in batches: half the price, within a day.")
    ] = False,
    embeddings: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Make vectors by this model, and use them when all are there."),
    ] = None,
    keep_old: Annotated[
        bool,
        typer.Option("--no-switch", help="With --embeddings: use the old ones until `switch`."),
    ] = False,
    detach: Detach = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Label rows again that are there already, or give all rows vectors by another model.

    Rows that arrive go first. What a person decided stays. It goes on where it stopped, by any worker.

    Example:  campaignbase backfill --only-older-than vocabulary:12 --dry-run
    Example:  campaignbase backfill --where category=offer --where min_word_count=5
    Example:  campaignbase backfill --embeddings text-embedding-3-small
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is not None:
        if where or older or everything or dry_run or sample is not None or batched or embeddings or keep_old:
            raise InputError(f"options of `backfill` have no effect on `backfill {ctx.invoked_subcommand}`")
        if detach:
            raise InputError(
                "put --detach behind `resume`; the other commands have nothing to leave to workers"
            )
        return
    run = Session(ctx.obj)
    narrowed = bool(where) or older is not None
    if embeddings is not None and (narrowed or everything or batched):
        raise InputError(
            "--embeddings is about all rows; leave --where, --only-older-than, --all and --batches out"
        )
    if embeddings is None and not (narrowed or everything):
        raise InputError(
            "say which rows: --where, --only-older-than or --all; runs: campaignbase backfill status"
        )
    if everything and narrowed:
        raise InputError("--all is everything; leave it out, or --where and --only-older-than")
    if keep_old and embeddings is None:
        raise InputError("--no-switch goes with --embeddings")
    if sample is not None and (not dry_run or embeddings is not None):
        raise InputError("--sample says how many rows --dry-run labels; without that it has no effect")
    chosen: Mapping[str, Any] = {} if embeddings is not None else read_selection(where, older)
    run.say_notices()
    if dry_run:
        _plan(run, chosen, embeddings, SAMPLE if sample is None else sample, batched)
        return

    async def act(store: Store, home: WorkspaceRow) -> tuple[Backfill, bool]:
        from campaignbase import wiring

        async with aclosing(wiring.embedders(run.settings)) as found:
            if embeddings is not None and found.find(embeddings) is None:
                raise InputError(f"--embeddings: {found.unknown(embeddings)}")
        if batched and wiring.question_prices(run.settings, batch=True) is None:
            raise InputError(
                "--batches: no model that costs money is asked; set ANTHROPIC_API_KEY, or OPENAI_API_KEY and"
                " CAMPAIGNBASE_ANALYSIS=openai"
            )
        kind: Literal["labels", "vectors"] = "labels" if embeddings is None else "vectors"
        meant = await by_own_names(store, home.id, chosen)
        new = NewBackfill(kind, meant, embeddings, batched, not keep_old)
        key = await store.start_backfill(home.id, new)
        return await _finish(run, store, home, key, detach)

    _tell(run, *run.run_in_workspace(act), detached=detach)


@app.command()
def status(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Every run of this workspace: how far, how fast, how long yet, what it cost.

    Example:  campaignbase backfill status
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> list[Backfill]:
        return await store.backfills(home.id)

    found = run.run_in_workspace(act)
    now = datetime.now(UTC)
    if run.json:
        output.emit([record(one, now) for one in found])
    else:
        table_of(found, now)


@app.command()
def pause(
    ctx: typer.Context,
    which: Which = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Take no more rows; what a worker has is finished.

    Example:  campaignbase backfill pause
    """
    _stop(session(ctx, database, workspace, json), which, "paused")


@app.command()
def cancel(
    ctx: typer.Context,
    which: Which = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """End it for good. Labels that were written stay; vectors that are not in use are dropped.

    Rows that wait for a model keep the label they have; batches are called back from its provider.

    Example:  campaignbase backfill cancel
    """
    _stop(session(ctx, database, workspace, json), which, "canceled")


@app.command()
def resume(
    ctx: typer.Context,
    which: Which = None,
    detach: Detach = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Go on, also with one that waits for another day.

    Example:  campaignbase backfill resume
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[Backfill, bool]:
        chosen = await _chosen(store, home, which, OPEN)
        for one in chosen:
            await store.stop_backfill(one.id, "running")
        *others, last = reversed(chosen)  # in the order they were begun
        for one in others:
            done, interrupted = await _finish(run, store, home, one.id, detach)
            if interrupted:
                return done, True
            if not (detach or run.json):
                output.say(end_line(done))
        return await _finish(run, store, home, last.id, detach)

    _tell(run, *run.run_in_workspace(act), detached=detach)


@app.command()
def switch(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Use the vectors of a run that was started with --no-switch, in one statement.

    Example:  campaignbase backfill switch
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[Switched | None, bool]:
        [chosen, *_] = await _chosen(store, home, None, ("ready",), "vectors")
        await store.stop_backfill(chosen.id, "running")  # what came since has no vector yet
        done, interrupted = await go_on(run, store, home.id, chosen.id)
        if done.state == "ready":
            return await store.switch_vectors(chosen.id), interrupted
        if done.state != "switched" and not interrupted:
            raise InputError(f"not switched: the run is {end_line(done)}")
        return None, interrupted

    _tell_switched(run, *run.run_in_workspace(act))


@app.command()
def rollback(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Use the vectors again that there were before the last switch, in one statement.

    Example:  campaignbase backfill rollback
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[Switched | None, bool]:
        [chosen, *_] = await _chosen(store, home, None, ("switched",), "vectors")
        return await store.switch_vectors(chosen.id, back=True), False

    _tell_switched(run, *run.run_in_workspace(act))


def _plan(run: Session, chosen: Mapping[str, Any], embeddings: str | None, most: int, batched: bool) -> None:
    async def act(store: Store, home: WorkspaceRow) -> dict[str, Any]:
        meant = await by_own_names(store, home.id, chosen)
        return await plan_of(store, home, run.settings, meant, embeddings, most, batched=batched)

    plan = run.run_in_workspace(act)
    if run.json:
        output.emit(plan)
    else:
        show_plan(plan)


async def _finish(
    run: Session, store: Store, home: WorkspaceRow, key: str, detach: bool
) -> tuple[Backfill, bool]:
    if not detach:
        return await go_on(run, store, home.id, key)
    output.say("workers go on with it: campaignbase worker; see: campaignbase backfill status")
    return await read_run(store, home.id, key), False


async def _chosen(
    store: Store, home: WorkspaceRow, which: str | None, states: tuple[str, ...], kind: str | None = None
) -> list[Backfill]:
    found = [
        one
        for one in await store.backfills(home.id)
        if one.state in states and one.id.startswith(which or "") and kind in (None, one.kind)
    ]
    if not found:
        named = f" {which!r}" if which else ""
        raise NotFoundError(
            f"workspace {home.name!r} has no backfill{named} that is {' or '.join(states)};"
            " see: campaignbase backfill status"
        )
    return found


def _stop(run: Session, which: str | None, state: Literal["paused", "canceled"]) -> None:
    async def act(store: Store, home: WorkspaceRow) -> list[Backfill]:
        states = ("running",) if state == "paused" else OPEN
        for one in await _chosen(store, home, which, states):
            await store.stop_backfill(one.id, state)
            if state == "canceled":
                await call_back(run, store, one.id)
        return await store.backfills(home.id)

    found = run.run_in_workspace(act)
    now = datetime.now(UTC)
    if run.json:
        output.emit([record(one, now) for one in found])
    else:
        table_of(found, now)


def _tell(run: Session, done: Backfill, interrupted: bool, *, detached: bool) -> None:
    if run.json:
        output.emit({**record(done, datetime.now(UTC)), "interrupted": interrupted})
    elif not detached:
        output.say(end_line(done))
    if interrupted:
        raise Interrupted


def _tell_switched(run: Session, done: Switched | None, interrupted: bool) -> None:
    if run.json:
        output.emit({"switched": done, "interrupted": interrupted})
    elif done is not None:
        waits = output.verb(done.queued, "waits", "wait")
        output.say(
            f"{output.plural(done.switched, 'row')} {output.verb(done.switched, 'has', 'have')} the other"
            f" vectors now; {output.plural(done.queued, 'row')} {waits} for a worker to make theirs"
        )
    if interrupted:
        raise Interrupted
