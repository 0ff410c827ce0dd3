"""`campaignbase categories` and `campaignbase tags`: the vocabulary."""

from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

categories_app = typer.Typer(invoke_without_command=True)
tags_app = typer.Typer(invoke_without_command=True)

Name = Annotated[str, typer.Argument(show_default=False)]


@categories_app.callback()
def categories(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the categories content is filed under, or change them.

    Example:  campaignbase categories
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list_categories(Session(ctx.obj))


@categories_app.command("list")
def list_categories(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the categories by name, with how many rows each has.

    Example:  campaignbase categories list --json
    """
    _list_categories(session(ctx, database, workspace, json))


@categories_app.command()
def add(
    ctx: typer.Context,
    name: Name,
    description: Annotated[
        str | None, typer.Option(help="What belongs here, in a sentence or two; content is compared with it.")
    ] = None,
    keyword: Annotated[
        list[str], typer.Option(help="A word or phrase that speaks for it; may be repeated.")
    ] = [],  # noqa: B006
    parent: Annotated[str | None, typer.Option(help="The category above it; two levels at most.")] = None,
    manual_only: Annotated[
        bool, typer.Option("--manual-only", help="Only people and rules may file here.")
    ] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add a category. A description and a few keywords make it found.

    Example:  campaignbase categories add podcast --description "A new episode to listen to" --keyword episode
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Category:
        known = {category.name: category.id for category in await store.categories(found.id)}
        if name in known:
            raise InputError(f"a category {name!r} exists already; choose another name")
        if parent is not None and parent not in known:
            raise NotFoundError(f"no category {parent!r} to put it under; see: campaignbase categories")
        above = None if parent is None else known[parent]
        new = Category("", name, above, description, tuple(keyword), manual_only)
        await store.add_categories(found.id, [new])
        return next(category for category in await store.categories(found.id) if category.name == name)

    _tell(run, run.run_in_workspace(act), f"added category {name!r}")


@categories_app.command()
def rename(
    ctx: typer.Context,
    name: Name,
    new_name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Rename a category everywhere; no row counts as corrected by that.

    Example:  campaignbase categories rename offer deal
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Category:
        if any(category.name == new_name for category in await store.categories(found.id)):
            raise InputError(f"a category {new_name!r} exists already; choose another name")
        await store.rename_category(found.id, name, new_name)
        return next(category for category in await store.categories(found.id) if category.name == new_name)

    _tell(run, run.run_in_workspace(act), f"renamed category {name!r} to {new_name!r}")


@categories_app.command()
def remove(
    ctx: typer.Context,
    name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a category that no row has; a used one is refused.

    Example:  campaignbase categories remove podcast
    """
    run = session(ctx, database, workspace, json)
    run.run_in_workspace(lambda store, found: store.remove_category(found.id, name))
    if run.json:
        output.emit({"removed": name})
    else:
        output.say(f"removed category {name!r}")


@tags_app.callback()
def tags(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the tags of the workspace.

    Example:  campaignbase tags
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list_tags(Session(ctx.obj))


@tags_app.command("list")
def list_tags(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the tags by name, with type, other spellings and how many rows each has.

    Example:  campaignbase tags list
    """
    _list_tags(session(ctx, database, workspace, json))


def _tell(run: Session, category: Category, line: str) -> None:
    if run.json:
        output.emit(category)
    else:
        output.say(line)


def _list_categories(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.categories(workspace.id))
    if run.json:
        output.emit({"categories": found})
        return
    names = {category.id: category.name for category in found}
    rows = [
        (
            category.name,
            names.get(category.parent_id or ""),
            category.usage_count,
            "yes" if category.manual_only else "",
            category.description,
        )
        for category in found
    ]
    output.table(("category", "under", "rows", "manual", "what belongs here"), rows, fill="what belongs here")


def _list_tags(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.tags(workspace.id))
    if run.json:
        output.emit({"tags": found})
        return
    rows = [
        (tag.name, tag.tag_type, tag.usage_count, "yes" if tag.manual_only else "", ", ".join(tag.aliases))
        for tag in found
    ]
    output.table(("tag", "type", "rows", "manual", "also written"), rows, fill="also written")
