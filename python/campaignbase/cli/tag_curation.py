"""Commands of `campaignbase tags` for words that wait, and for groups."""

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import TagGroup
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.curation import Proposal, ProposalState
from campaignbase.ports import Store

STATES: tuple[ProposalState, ...] = ("open", "refused", "removed")
Word = Annotated[str, typer.Argument(help="In any spelling of it.", show_default=False)]


def register(app: typer.Typer) -> None:
    for command in (proposals, promote, refuse, groups, group, ungroup):
        app.command()(command)
    app.command("promote-after")(promote_after)


def proposals(
    ctx: typer.Context,
    state: Annotated[
        Literal["open", "refused", "removed"],
        typer.Option(help="Those that wait, were refused, or were labels once."),
    ] = "open",
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """List words that machines met and that are no tags, the most used first.

    Example:  campaignbase tags proposals
    """
    run = session(ctx, database, workspace, json)
    found = run.run_in_workspace(lambda store, home: store.proposals(home.id, state, 200))
    if run.json:
        output.emit({"proposals": found})
        return
    rows = [
        (one.name, one.kind, one.uses, " ".join((one.examples or ("",))[0].split())[:200]) for one in found
    ]
    output.table(("word", "would be a", "met in", "for example"), rows, fill="for example")
    if found and state == "open":
        output.say("campaignbase tags promote WORD, or: campaignbase tags refuse WORD")


def promote(
    ctx: typer.Context, word: Word, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Make a proposed word a tag; the content in which it was met is labeled again.

    Example:  campaignbase tags promote nightmarket
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> str:
        return await store.promote_proposal((await _proposal(store, home, word)).id)

    name = run.run_in_workspace(act)
    if run.json:
        output.emit({"promoted": name})
    else:
        output.say(f"{name!r} is a tag now; what it was met in waits to be labeled again")


def refuse(
    ctx: typer.Context, word: Word, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """Say that a proposed word shall be no tag; it is not proposed again.

    Example:  campaignbase tags refuse nightmarket
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> str:
        return await store.refuse_proposal((await _proposal(store, home, word)).id)

    name = run.run_in_workspace(act)
    if run.json:
        output.emit({"refused": name})
    else:
        output.say(f"{name!r} is not proposed again")


async def _proposal(store: Store, home: WorkspaceRow, word: str) -> Proposal:
    for state in STATES:
        found = await store.proposals(home.id, state, words=[word])
        if found:
            return found[0]
    raise NotFoundError(f"nobody proposed {word!r}; see: campaignbase tags proposals")


def promote_after(
    ctx: typer.Context,
    uses: Annotated[
        str | None, typer.Argument(help="A number of assets, or never.", show_default=False)
    ] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Say in how much content a word must have been met to become a tag by itself; alone, show it.

    Example:  campaignbase tags promote-after 25
    """
    if uses is not None and uses != "never" and not uses.isdecimal():
        raise InputError(f"{uses!r} is no number of assets; expected one, such as 25, or never")
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> int | None:
        if uses is not None:
            await store.set_promote_after(home.id, None if uses == "never" else int(uses))
        return await store.promote_after(home.id)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"promote_after": found})
    elif found is None:
        output.say("proposed words become tags by hand only")
    else:
        output.say(f"a proposed word becomes a tag when it was met in {output.plural(found, 'asset')}")


def groups(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List groups of tags of which content has only so many, and what does not fit.

    Example:  campaignbase tags groups
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, home: WorkspaceRow) -> tuple[list[TagGroup], list[str]]:
        gaps = await store.group_gaps(home.id, 1000)
        return await store.tag_groups(home.id), [gap.group for gap in gaps]

    found, amiss = run.run_in_workspace(act)
    if run.json:
        fits = [{**asdict(one), "content_that_does_not_fit": amiss.count(one.name)} for one in found]
        output.emit({"groups": fits})
        return
    rows = [
        (one.name, one.min_tags, one.max_tags, ", ".join(one.tags), amiss.count(one.name)) for one in found
    ]
    output.table(("group", "least", "most", "tags", "content that does not fit"), rows, fill="tags")


def group(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    of: Annotated[list[str], typer.Option(help="A tag that belongs to it; may be repeated.")],
    least: Annotated[int, typer.Option("--min", help="Content has at least so many, 0 to 8.")] = 0,
    most: Annotated[int | None, typer.Option("--max", help="Content has at most so many.")] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Make or change a group of tags of which content has only so many.

    Example:  campaignbase tags group "funnel stage" --of awareness --of decision --min 1 --max 1
    """
    run = session(ctx, database, workspace, json)
    new = TagGroup(name, least, most, tuple(of))
    saved = run.run_in_workspace(lambda store, home: store.save_tag_group(home.id, new))
    if run.json:
        output.emit(saved)
    else:
        output.say(f"group {saved.name!r}: {', '.join(saved.tags)}; content is labeled so from now on")


def ungroup(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a group; its tags stay.

    Example:  campaignbase tags ungroup "funnel stage"
    """
    run = session(ctx, database, workspace, json)
    run.run_in_workspace(lambda store, home: store.remove_tag_group(home.id, name))
    if run.json:
        output.emit({"removed": name})
    else:
        output.say(f"removed group {name!r}; its tags stay")
