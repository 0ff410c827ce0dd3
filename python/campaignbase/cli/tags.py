"""`campaignbase tags`: the words that describe content."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated

import typer

from campaignbase.cli import curation, output, tag_curation
from campaignbase.cli.curation import merging, tell_merge
from campaignbase.cli.rules import tell_idle
from campaignbase.cli.session import Database, Json, Session, Workspace, Yes, ask, common, session
from campaignbase.core.new_content import check_tag
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Tag
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)

Name = Annotated[str, typer.Argument(show_default=False)]
Known = Annotated[str, typer.Argument(help="In any spelling of it.", show_default=False)]


@app.callback()
def tags(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the tags of the workspace, or change them.

    Example:  campaignbase tags
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the tags by name, with type, other spellings and how many rows each has.

    Example:  campaignbase tags list
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def add(
    ctx: typer.Context,
    name: Name,
    tag_type: Annotated[
        str | None, typer.Option("--type", help="industry, audience, emotion, format or one of your own.")
    ] = None,
    description: Annotated[
        str | None, typer.Option(help="What it means; content is compared with it.")
    ] = None,
    keyword: Annotated[
        list[str], typer.Option(help="A word or phrase that speaks for it; may be repeated.")
    ] = [],  # noqa: B006
    alias: Annotated[list[str], typer.Option(help="Another spelling of it; may be repeated.")] = [],  # noqa: B006
    manual_only: Annotated[
        bool, typer.Option("--manual-only", help="Only people and rules may give it.")
    ] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add a tag. Case, spaces, '-', '_', a leading '#' and the plural make no other tag.

    Example:  campaignbase tags add "open air" --type format --keyword outdoors --alias al_fresco
    """
    _check_type(tag_type)
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Tag:
        known = await store.tags(found.id)
        for word in (name, *alias):
            _free(known, word, None)
        new = Tag("", name.strip(), tag_type, description, tuple(keyword), tuple(alias), manual_only)
        await store.add_tags(found.id, [new])
        return meant_tag(await store.tags(found.id), name)

    _tell(run, run.run_in_workspace(act, creates=True), "added")


@app.command()
def rename(
    ctx: typer.Context,
    name: Known,
    new_name: Name,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Rename a tag on all content and in all rules; nothing counts as corrected by that.

    Example:  campaignbase tags rename urgency hurry
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Tag:
        known = await store.tags(found.id)
        old = meant_tag(known, name)
        _free(known, new_name, old)
        new = replace(old, name=new_name.strip())
        await store.edit_tag(found.id, old.name, new)
        return new

    _tell(run, run.run_in_workspace(act), f"renamed {name!r}:")


@app.command()
def edit(
    ctx: typer.Context,
    name: Known,
    tag_type: Annotated[str | None, typer.Option("--type", help="'' for none.")] = None,
    description: Annotated[str | None, typer.Option(help="What it means; '' takes it away.")] = None,
    keyword: Annotated[
        list[str] | None, typer.Option(help="Instead of those it has; may be repeated; '' for none.")
    ] = None,
    alias: Annotated[
        list[str] | None, typer.Option(help="Instead of those it has; may be repeated; '' for none.")
    ] = None,
    manual_only: Annotated[
        bool | None,
        typer.Option("--manual-only/--offered", help="Only people and rules may give it, or machines too."),
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Change what a tag says of itself; its name: see rename. Content keeps its tags.

    Example:  campaignbase tags edit urgency --alias asap --alias "right now"
    """
    if all(value is None for value in (tag_type, description, keyword, alias, manual_only)):
        raise InputError(
            "nothing to edit: name --type, --description, --keyword, --alias, --manual-only or --offered"
        )
    _check_type(tag_type)
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Tag:
        known = await store.tags(found.id)
        old = meant_tag(known, name)
        for word in alias or ():
            if word.strip():
                _free(known, word, old)
        new = replace(
            old,
            tag_type=old.tag_type if tag_type is None else tag_type or None,
            description=old.description if description is None else description or None,
            keywords=old.keywords if keyword is None else tuple(word for word in keyword if word.strip()),
            aliases=old.aliases if alias is None else tuple(word for word in alias if word.strip()),
            manual_only=old.manual_only if manual_only is None else manual_only,
        )
        await store.edit_tag(found.id, old.name, new)
        return new

    _tell(run, run.run_in_workspace(act), "edited")


@app.command()
def remove(
    ctx: typer.Context,
    name: Known,
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a tag, also from the content that has it; one that is a target audience is refused.

    Example:  campaignbase tags remove urgency
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> tuple[Tag, list[str]]:
        tag = meant_tag(await store.tags(found.id), name)
        used = f", which {output.plural(tag.usage_count, 'asset')} would lose" if tag.usage_count else ""
        ask(f"Remove tag {tag.name!r}{used}?", yes)
        await store.remove_tag(found.id, tag.name)
        words = {fold_tag(word) for word in (tag.name, *tag.aliases)}
        return tag, [
            rule.name for rule in await store.rules(found.id) if words & set(map(fold_tag, rule.given_tags))
        ]

    removed, rules = run.run_in_workspace(act)
    if run.json:
        output.emit({"removed": removed.name, "assets": removed.usage_count})
    else:
        lost = f" from {output.plural(removed.usage_count, 'asset')}" if removed.usage_count else ""
        output.say(f"removed tag {removed.name!r}{lost}")
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
    """Make two tags one: what has the first gets the second, rules included.

    The first name stays known as another spelling of the second, so that files and machines follow.

    Example:  campaignbase tags merge hurry into urgency
    """
    run = session(ctx, database, workspace, json)
    tell_merge(run, "tag", run.run_in_workspace(merging("tag", names, yes)), names)


def meant_tag(known: Sequence[Tag], name: str) -> Tag:
    """By its name, or a spelling or alias of it."""
    names = {fold_tag(tag.name): tag.name for tag in known}
    found = next((tag for tag in known if tag.name in (name, spellings(known).get(fold_tag(name)))), None)
    if found is not None:
        return found
    near = get_close_matches(fold_tag(name), list(names), n=1)
    advice = f"did you mean {names[near[0]]!r}?" if near else "see: campaignbase tags"
    raise NotFoundError(f"no tag {name!r}; {advice}")


def _free(known: Sequence[Tag], word: str, own: Tag | None) -> None:
    """Raise InputError when the word is blank or means another tag already."""
    check_tag(word)
    meant = spellings(known).get(fold_tag(word))
    if meant is not None and (own is None or meant != own.name):
        raise InputError(f"{word!r} means the tag {meant!r} already; choose another word")


def _check_type(tag_type: str | None) -> None:
    if tag_type and not re.fullmatch(r"[a-z][a-z0-9_]*", tag_type):
        raise InputError(f"--type {tag_type!r}: expected lower_snake_case, such as industry or brand_voice")


def _tell(run: Session, tag: Tag, done: str) -> None:
    if run.json:
        output.emit(tag)
    else:
        output.say(f"{done} tag {tag.name!r}")


def _list(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.tags(workspace.id))
    if run.json:
        output.emit({"tags": found})
        return
    rows = [
        (tag.name, tag.tag_type, tag.usage_count, "yes" if tag.manual_only else "", ", ".join(tag.aliases))
        for tag in found
    ]
    output.table(("tag", "type", "rows", "manual", "also written"), rows, fill="also written")


curation.register(app, "tag")
tag_curation.register(app)
