"""`campaignbase workspace`: list, create, delete, and on a server its members."""

import shlex
from contextlib import aclosing
from typing import Annotated

import typer

from campaignbase.cli import budget, members, output
from campaignbase.cli.session import Database, Json, Session, Yes, ask, common, refuse_common, session
from campaignbase.cli.session import Workspace as WorkspaceName
from campaignbase.errors import InputError, NotConfiguredError, NotFoundError
from campaignbase.models import Workspace
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)
members.register(app)
budget.register(app)


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
        output.say(f"created workspace {created.name!r}; use it with --workspace {shlex.quote(created.name)}")
        output.data(created.id)


@app.command()
def timezone(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="Such as Europe/Berlin; without: show it.", show_default=False)
    ] = None,
    database: Database = None,
    workspace: WorkspaceName = None,
    json: Json = False,
) -> None:
    """Show or set the time zone that posting times are read in. Posts that are scheduled stay.

    Example:  campaignbase workspace timezone Europe/Berlin
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: Workspace) -> str:
        if name is None:
            return found.timezone
        await store.set_timezone(found.id, name)
        return name

    zone = run.run_in_workspace(act)
    if run.json:
        output.emit({"timezone": zone})
    elif name is None:
        output.data(zone)
    else:
        output.say(f"posting times are read in {zone} from now on")


@app.command()
def delete(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Or its id.", show_default=False)],
    yes: Yes = False,
    database: Database = None,
    json: Json = False,
) -> None:
    """Delete a workspace with its content, campaigns, vocabulary, rules, history, queue and files.

    Accounts of its members stay. On a SQLite file a deleted `default` is made anew, empty.

    Example:  campaignbase workspace delete "Fernway"
    """
    run = session(ctx, database, None, json)

    async def act(store: Store) -> tuple[Workspace, int | None]:
        from campaignbase import wiring

        known = [one for one in await store.workspaces() if name in (one.name, one.id)]
        if not known:
            raise NotFoundError(f"no workspace {name!r}; see: campaignbase workspace")
        found = await wiring.find_workspace(store, name)
        ask(f"Delete the workspace {found.name!r} ({found.id}) with everything in it, for good?", yes)
        await store.delete_workspace(found.id)
        try:
            files = wiring.open_media(run.target, run.settings)
        except NotConfiguredError:
            return found, None
        async with aclosing(files):
            return found, await files.remove(await files.paths(found.id))

    deleted, files = run.run(act)
    if run.json:
        output.emit({"deleted": deleted.id, "files": files})
        return
    told = "" if files is None else f" and {output.plural(files, 'file')}"
    output.say(f"deleted workspace {deleted.name!r}{told}")
    if files is None:
        output.say(
            "its files, if it had any, stay in the project's storage until a worker, or `campaignbase media"
            " clean`, removes them with SUPABASE_URL and SUPABASE_SECRET_KEY set"
        )


def _list(run: Session) -> None:
    found = run.run(lambda store: store.workspaces())
    if run.json:
        output.emit({"workspaces": found})
        return
    rows = [(one.id, one.name, one.embedding_model, one.vocabulary_version) for one in found]
    output.table(("id", "name", "embedded by", "vocabulary version"), rows, fill="name")
