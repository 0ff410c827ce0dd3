"""`campaignbase workspace`: list, create, and on a server its members."""

from typing import Annotated

import typer

from campaignbase.cli import members, output
from campaignbase.cli.session import Database, Json, Session, common, refuse_common, session
from campaignbase.errors import InputError
from campaignbase.models import Workspace
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)
members.register(app)


@app.callback()
def workspaces(ctx: typer.Context, database: Database = None, json: Json = False) -> None:
    """List workspaces, or create one. Each has its own content, vocabulary and rules; on a server, members.

    Example:  campaignbase workspace
    """
    refuse_common(ctx, "campaignbase workspace", ["--workspace"])
    ctx.obj = common(ctx, database, None, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(ctx: typer.Context, database: Database = None, json: Json = False) -> None:
    """List the workspaces, oldest first.

    Example:  campaignbase workspace list
    """
    _list(session(ctx, database, None, json))


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    database: Database = None,
    json: Json = False,
) -> None:
    """Create a workspace with the default vocabulary and rules.

    Example:  campaignbase workspace create "Fernway"
    """
    run = session(ctx, database, None, json)

    async def act(store: Store) -> Workspace:
        wanted = name.strip()
        if not wanted:
            raise InputError("the workspace's name is blank")
        if any(known.name == wanted for known in await store.workspaces()):
            raise InputError(f"a workspace {wanted!r} exists already; choose another name")
        return await store.create_workspace(wanted)

    created = run.run(act, creates=True)
    if run.json:
        output.emit(created)
    else:
        output.say(f"created workspace {created.name!r}; use it with --workspace {created.name!r}")
        output.data(created.id)


def _list(run: Session) -> None:
    found = run.run(lambda store: store.workspaces())
    if run.json:
        output.emit({"workspaces": found})
        return
    rows = [(one.id, one.name, one.embedding_model, one.vocabulary_version) for one in found]
    output.table(("id", "name", "embedded by", "vocabulary version"), rows, fill="name")
