"""`campaignbase webhooks`: who is told of decisions, and how that went."""

import shlex
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, Yes, ask, common, session
from campaignbase.core.webhook_schedule import MAX_OVERLAP_HOURS, OVERLAP_HOURS
from campaignbase.errors import CampaignbaseError, InputError, NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.webhooks import EVENTS, WebhookDelivery, WebhookEndpoint
from campaignbase.ports import Store

STATES = ("waiting", "leased", "delivered", "dead")

app = typer.Typer(invoke_without_command=True)

Name = Annotated[str, typer.Argument(help="The endpoint.", show_default=False)]


@app.callback()
def webhooks(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the endpoints that are told of decisions, or add one.

    Example:  campaignbase webhooks
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the endpoints, and how they do.

    Example:  campaignbase webhooks list --json
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What rules call it.", show_default=False)],
    url: Annotated[str, typer.Argument(help="A public https address.", show_default=False)],
    event: Annotated[
        list[str] | None,
        typer.Option("--event", help=f"Told of every one: {', '.join(EVENTS)}. Rules need none."),
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add an endpoint; prints its secret, once.

    Example:  campaignbase webhooks add crm https://hooks.example.com/in --event content.labeled
    """
    run = session(ctx, database, workspace, json)
    local = run.settings.local_webhooks(run.target)

    async def act(store: Store, found: WorkspaceRow) -> tuple[WebhookEndpoint, str]:
        return await store.add_webhook(found.id, name, url, tuple(event or ()), allow_local=local)

    added, secret = run.run_in_workspace(act, creates=True)
    if run.json:
        output.emit({"webhook": added, "secret": secret})
        return
    output.say(f"added webhook {name!r}; its receiver checks signatures with this secret, shown only now:")
    typer.echo(secret)
    output.say(f"try it: campaignbase webhooks test {shlex.quote(name)}")


@app.command()
def enable(
    ctx: typer.Context,
    name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Enable an endpoint; its failures are forgotten, what waited is sent.

    Example:  campaignbase webhooks enable crm
    """
    _switch(session(ctx, database, workspace, json), name, True)


@app.command()
def disable(
    ctx: typer.Context,
    name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Send an endpoint nothing more, until it is enabled.

    Example:  campaignbase webhooks disable crm
    """
    _switch(session(ctx, database, workspace, json), name, False)


@app.command()
def rotate(
    ctx: typer.Context,
    name: Name,
    overlap: Annotated[
        int,
        typer.Option(min=0, max=MAX_OVERLAP_HOURS, help="Hours the old secret signs too; 0 ends it at once."),
    ] = OVERLAP_HOURS,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Give an endpoint a new secret; prints it, once.

    Example:  campaignbase webhooks rotate crm
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> str:
        return await store.rotate_webhook_secret((await _named(store, found, name)).id, overlap)

    secret = run.run_in_workspace(act)
    if run.json:
        output.emit({"secret": secret})
        return
    old = f"the old one signs too for {overlap} hours" if overlap else "the old one no longer signs"
    output.say(f"a new secret for {name!r}, shown only now; {old}:")
    typer.echo(secret)


@app.command()
def remove(
    ctx: typer.Context,
    name: Name,
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove an endpoint and its log.

    Example:  campaignbase webhooks remove crm
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> None:
        endpoint = await _named(store, found, name)
        ask(f"Remove webhook {name!r} and its log?", yes)
        await store.remove_webhook(endpoint.id)

    run.run_in_workspace(act)
    if run.json:
        output.emit({"removed": name})
    else:
        output.say(f"removed webhook {name!r}")


@app.command()
def deliveries(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Of this endpoint only.", show_default=False)] = None,
    state: Annotated[str | None, typer.Option("--state", help=f"{', '.join(STATES)}.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many.")] = 20,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Show what was sent, newest first: tries, the next try, what was answered.

    Example:  campaignbase webhooks deliveries crm --state dead
    """
    if state is not None and state not in STATES:
        raise InputError(f"--state {state!r}: expected one of {', '.join(STATES)}")
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> list[WebhookDelivery]:
        of = None if name is None else (await _named(store, found, name)).id
        return await store.webhook_deliveries(found.id, of, state, limit)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"deliveries": found})
    else:
        columns = ("delivery", "webhook", "event", "state", "tries", "next try", "status", "error", "answer")
        output.table(columns, [_delivery_row(row) for row in found], fill="error")


@app.command()
def replay(
    ctx: typer.Context,
    what: Annotated[
        list[str],
        typer.Argument(help="Ids of deliveries, or an endpoint for all its dead ones.", show_default=False),
    ],
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Send deliveries again, under their old ids.

    Example:  campaignbase webhooks replay crm
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> int:
        endpoints = {endpoint.name: endpoint.id for endpoint in await store.webhooks(found.id)}
        if len(what) == 1 and what[0] in endpoints:
            return await store.replay_deliveries(endpoint_id=endpoints[what[0]])
        known = {row.id for row in await store.webhook_deliveries(found.id, limit=100_000)}
        missing = [word for word in what if word not in known]
        if missing:
            raise NotFoundError(
                f"no webhook and no delivery {missing[0]!r}; see: campaignbase webhooks deliveries"
            )
        return await store.replay_deliveries(what)

    again = run.run_in_workspace(act)
    if run.json:
        output.emit({"replayed": again})
    else:
        waits = output.verb(again, "waits", "wait")
        output.say(
            f"{output.plural(again, 'delivery', 'deliveries')} {waits} again; a worker sends what waits"
        )


@app.command("test")
def try_(
    ctx: typer.Context,
    name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Send an endpoint a signed message now, and show its answer. Exit code 1 when it does not accept it.

    Example:  campaignbase webhooks test crm
    """
    run = session(ctx, database, workspace, json)
    local = run.settings.local_webhooks(run.target)

    async def act(store: Store, found: WorkspaceRow) -> WebhookDelivery:
        from campaignbase import wiring

        endpoint = await _named(store, found, name)
        if not endpoint.enabled:
            raise InputError(
                f"webhook {name!r} is disabled; enable it: campaignbase webhooks enable {shlex.quote(name)}"
            )
        key = await store.test_webhook(endpoint.id)
        await wiring.deliverer(store, allow_local=local).run_once()
        rows = await store.webhook_deliveries(found.id, endpoint.id, limit=1000)
        return next(row for row in rows if row.id == key)

    sent = run.run_in_workspace(act)
    if run.json:
        output.emit({"delivery": sent})
        raise typer.Exit(0 if sent.state == "delivered" else 1)
    if sent.state == "delivered":
        output.say(f"{name!r} answered {sent.last_status} in {sent.duration_ms} ms")
        return
    if sent.attempt == 0:
        raise CampaignbaseError(
            f"{name!r} is paused or busy, the message waits;"
            f" see: campaignbase webhooks deliveries {shlex.quote(name)}"
        )
    if sent.last_status is None:
        raise CampaignbaseError(f"the message did not reach {name!r}: {sent.last_error}")
    raise CampaignbaseError(f"{name!r} did not accept it: {sent.last_error}")


def _list(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.webhooks(workspace.id))
    if run.json:
        output.emit({"webhooks": found})
        return
    columns = ("webhook", "on", "events", "failures", "note", "url")
    output.table(columns, [_row(endpoint) for endpoint in found], fill="url")


def _row(endpoint: WebhookEndpoint) -> tuple[object, ...]:
    note = endpoint.disabled_reason
    if note is None and endpoint.paused_until is not None:
        note = f"paused until {endpoint.paused_until:%Y-%m-%d %H:%M:%S} UTC"
    on = "yes" if endpoint.enabled else "no"
    return (endpoint.name, on, ", ".join(endpoint.events), endpoint.failures, note, endpoint.url)


def _delivery_row(row: WebhookDelivery) -> tuple[object, ...]:
    following = f"{row.run_at:%Y-%m-%d %H:%M:%S}" if row.state == "waiting" else None
    answer = None if row.last_response is None else output.one_line(row.last_response)[:80]
    return (
        row.id, row.endpoint_name, row.event_type, row.state, row.attempt, following, row.last_status,
        row.last_error, answer,
    )  # fmt: skip


async def _named(store: Store, workspace: WorkspaceRow, name: str) -> WebhookEndpoint:
    known = await store.webhooks(workspace.id)
    for endpoint in known:
        if endpoint.name == name:
            return endpoint
    listed = ", ".join(repr(endpoint.name) for endpoint in known) or "none"
    raise NotFoundError(f"no webhook {name!r}; there is: {listed}")


def _switch(run: Session, name: str, enabled: bool) -> None:
    async def act(store: Store, found: WorkspaceRow) -> None:
        await store.enable_webhook((await _named(store, found, name)).id, enabled)

    run.run_in_workspace(act)
    if run.json:
        output.emit({"webhook": name, "enabled": enabled})
    else:
        output.say(f"webhook {name!r} is {'enabled' if enabled else 'disabled'}")
