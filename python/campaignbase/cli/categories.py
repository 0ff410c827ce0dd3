"""`campaignbase categories`: what content and campaigns are filed under."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from campaignbase.cli import curation, output
from campaignbase.cli.curation import merging, tell_merge
from campaignbase.cli.rules import tell_idle
from campaignbase.cli.session import Database, Json, Session, Workspace, Yes, ask, common, session
from campaignbase.core.names import category_of_alias, check_new_category, find_category, near_name
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)

Name = Annotated[str, typer.Argument(show_default=False)]


@app.callback()
def categories(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the categories content is filed under, or change them.

    Example:  campaignbase categories
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list_categories(Session(ctx.obj))


@app.command("list")
def list_categories(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the categories by name, with how many rows each has.

    Example:  campaignbase categories list --json
    """
    _list_categories(session(ctx, database, workspace, json))


@app.command()
def add(
    ctx: typer.Context,
    name: Name,
    description: Annotated[
        str | None, typer.Option(help="What belongs here, in a sentence or two; content is compared with it.")
    ] = None,
    keyword: Annotated[
        list[str], typer.Option(help="A word or phrase that speaks for it; may be repeated.")
    ] = [],  # noqa: B006
    alias: Annotated[list[str], typer.Option(help="Another name of it; may be repeated.")] = [],  # noqa: B006
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
    name = name.strip()

    async def act(store: Store, found: WorkspaceRow) -> Category:
        known = await store.categories(found.id)
        _free(known, name, None)
        for word in alias:
            _free(known, word, None)
        above = None if parent is None else meant_category(known, parent).id
        new = Category(
            "", name, above, description, tuple(keyword), manual_only, aliases=tuple(map(str.strip, alias))
        )
        await store.add_categories(found.id, [new])
        return next(category for category in await store.categories(found.id) if category.name == name)

    _tell(run, run.run_in_workspace(act, creates=True), f"added category {name!r}")


@app.command()
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
    new_name = new_name.strip()

    async def act(store: Store, found: WorkspaceRow) -> Category:
        known = await store.categories(found.id)
        old = meant_category(known, name)
        _free(known, new_name, old)
        await store.rename_category(found.id, old.name, new_name)
        return next(category for category in await store.categories(found.id) if category.name == new_name)

    _tell(run, run.run_in_workspace(act), f"renamed category {name!r} to {new_name!r}")


@app.command()
def edit(
    ctx: typer.Context,
    name: Name,
    description: Annotated[str | None, typer.Option(help="What belongs here; '' takes it away.")] = None,
    keyword: Annotated[
        list[str] | None, typer.Option(help="Instead of those it has; may be repeated; '' for none.")
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option(help="Instead of those it has; may be repeated; '' for none.")
    ] = None,
    parent: Annotated[str | None, typer.Option(help="The category above it; '' for none.")] = None,
    manual_only: Annotated[
        bool | None,
        typer.Option("--manual-only/--offered", help="Only people and rules may file here, or machines too."),
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Change what a category says of itself; its name: see rename. Content keeps its labels.

    Example:  campaignbase categories edit event --keyword "doors open" --keyword "save the date"
    """
    if all(value is None for value in (description, keyword, alias, parent, manual_only)):
        raise InputError(
            "nothing to edit: name --description, --keyword, --alias, --parent, --manual-only or --offered"
        )
    run = session(ctx, database, workspace, json)
    name = name.strip()

    async def act(store: Store, found: WorkspaceRow) -> Category:
        known = await store.categories(found.id)
        old = meant_category(known, name)
        for word in alias or ():
            if word.strip():
                _free(known, word, old)
        above = None if parent is None else parent and meant_category(known, parent).id
        new = replace(
            old,
            parent_id=old.parent_id if above is None else above or None,
            description=old.description if description is None else description or None,
            keywords=old.keywords if keyword is None else tuple(word for word in keyword if word.strip()),
            aliases=old.aliases if alias is None else tuple(word.strip() for word in alias if word.strip()),
            manual_only=old.manual_only if manual_only is None else manual_only,
        )
        await store.edit_category(found.id, old.name, new)
        return new

    _tell(run, run.run_in_workspace(act), f"edited category {name!r}")


@app.command()
def remove(
    ctx: typer.Context,
    name: Name,
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a category that nothing is filed under; a used one is refused.

    Example:  campaignbase categories remove podcast
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> tuple[str, list[str]]:
        known = meant_category(await store.categories(found.id), name)
        ask(f"Remove category {known.name!r}?", yes)
        await store.remove_category(found.id, known.name)
        return known.name, [rule.name for rule in await store.rules(found.id) if rule.category == known.name]

    removed, rules = run.run_in_workspace(act)
    if run.json:
        output.emit({"removed": removed})
    else:
        output.say(f"removed category {removed!r}")
    tell_idle(rules)


@app.command()
def merge(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME [into] NAME", show_default=False)],
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Make two categories one: what the first has goes to the second, rules included.

    The first name stays known as another name of the second, so that files and machines follow.

    Example:  campaignbase categories merge promo into offer
    """
    run = session(ctx, database, workspace, json)
    tell_merge(run, "category", run.run_in_workspace(merging("category", names, yes)), names)


@app.command()
def tree(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Show the tree with what is filed under each category, alone and with those below it.

    Example:  campaignbase categories tree
    """
    run = session(ctx, database, workspace, json)
    found = run.run_in_workspace(lambda store, workspace: store.category_tree(workspace.id))
    if run.json:
        output.emit({"categories": found})
        return
    rows = [
        (f"  {use.name}" if use.parent else use.name, use.content_with_children, use.content, use.confirmed)
        for use in found
    ]
    output.table(("category", "rows with those below", "rows", "confirmed"), rows, fill="category")


def meant_category(known: Sequence[Category], name: str) -> Category:
    """By its name, or a spelling or another name of it."""
    found = find_category(name, known)
    for category in known:
        if category.name == found:
            return category
    near = near_name(name, [category.name for category in known])
    advice = f"did you mean {near!r}?" if near else "see: campaignbase categories"
    raise NotFoundError(f"no category {name!r}; {advice}")


def _free(known: Sequence[Category], word: str, own: Category | None) -> None:
    """Raise InputError when the word is unfit or means another category already."""
    others = [category for category in known if own is None or category.name != own.name]
    check_new_category(word, [category.name for category in others])
    meant = category_of_alias(word, others)
    if meant is not None:
        raise InputError(f"{word!r} is another name of the category {meant!r} already; choose another one")


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


curation.register(app, "category")
