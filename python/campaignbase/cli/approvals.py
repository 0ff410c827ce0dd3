"""`campaignbase approvals`: what waits for a person, and her word on it."""

from typing import Annotated
from uuid import UUID

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.errors import NotFoundError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.approvals import Approval, ApprovalChange
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)

Targets = Annotated[
    list[str],
    typer.Argument(help="Content or posts; the first 4 characters of an id will do.", show_default=False),
]
Note = Annotated[str | None, typer.Option("--note", help="Why, for the history.")]
WAITING = 1000  # among which the beginning of an id is looked for


@app.callback()
def approvals(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List what waits for approval, or decide. What is not approved can neither be scheduled nor posted.

    Example:  campaignbase approvals
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List what waits for approval, longest first.

    Example:  campaignbase approvals list
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def approve(
    ctx: typer.Context,
    ids: Targets,
    note: Note = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Approve content or posts: they may be scheduled and posted. No rule takes it back.

    Example:  campaignbase approvals approve 3f2a --note "seen by legal"
    """
    _decide(session(ctx, database, workspace, json), ids, "approved", note)


@app.command()
def reject(
    ctx: typer.Context,
    ids: Targets,
    note: Note = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Reject content or posts.

    Example:  campaignbase approvals reject 3f2a --note "no health claims"
    """
    _decide(session(ctx, database, workspace, json), ids, "rejected", note)


@app.command()
def require(
    ctx: typer.Context,
    ids: Targets,
    note: Note = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Let content or posts wait for approval.

    Example:  campaignbase approvals require 3f2a
    """
    _decide(session(ctx, database, workspace, json), ids, "required", note)


@app.command()
def history(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="ID", help="Content or a post.", show_default=False)],
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Show how an approval came about: who, when, from what to what, by which rule.

    Example:  campaignbase approvals history 3f2a
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> list[ApprovalChange]:
        return await store.approvals(await _target(store, found, target))

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"history": found})
        return
    columns = ("when", "from", "to", "rule", "by", "note")
    rows = [
        (one.created_at, one.previous_approval, one.approval, one.rule, one.decided_by, one.note)
        for one in found
    ]
    output.table(columns, rows, fill="note")


def _decide(run: Session, ids: list[str], approval: Approval, note: str | None) -> None:
    async def act(store: Store, found: WorkspaceRow) -> list[str]:
        targets = [await _target(store, found, one) for one in ids]
        for target in targets:
            await store.set_approval(target, approval, note)
        return targets

    done = run.run_in_workspace(act)
    if run.json:
        output.emit({"approval": approval, "ids": done})
        return
    said = "wait for approval" if approval == "required" else f"{approval}"
    output.say(f"{output.plural(len(done), 'row')}: {said}")
    if approval == "approved":
        advice = "campaignbase worker --once" if run.embedded else "a worker"
        output.say(f"rules that schedule look at it with its next labeling: {advice}")


async def _target(store: Store, workspace: WorkspaceRow, wanted: str) -> str:
    """A whole id, else the beginning of one of content, or of what waits for approval."""
    try:
        return str(UUID(wanted))
    except ValueError:
        pass
    waiting = [
        one.id
        for one in await store.approval_queue(workspace.id, WAITING)
        if len(wanted) >= 4 and one.id.startswith(wanted.lower())
    ]
    if len(waiting) == 1:
        return waiting[0]
    found = (await store.explain(wanted)).asset
    if found is None:
        raise NotFoundError(f"{wanted!r} is a campaign; content and posts are approved")
    return found.id


def _list(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.approval_queue(workspace.id))
    if run.json:
        output.emit({"waiting": found})
        return
    if not found:
        output.say("nothing waits for approval")
        return
    terminal = output.on_terminal()
    rows = [
        (
            one.id[:8] if terminal else one.id,
            one.kind,
            one.rule or "a person",
            one.waiting_since,
            one.text if one.text is None else output.one_line(one.text),
        )
        for one in found
    ]
    output.table(("id", "kind", "asked by", "since", "text"), rows, fill="text")
