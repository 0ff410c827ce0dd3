"""What the commands categories and tags share to keep a vocabulary clean."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, ask, session
from campaignbase.errors import InputError
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.curation import Kind, Merge
from campaignbase.ports import Store


def two_names(names: Sequence[str], between: str) -> tuple[str, str]:
    """Of "a into b", or "a b"."""
    given = [*names[:1], *names[2:]] if len(names) == 3 and names[1] == between else list(names)
    if len(given) != 2:
        raise InputError(f"name two: NAME {between} NAME; {len(given)} were given")
    return given[0], given[1]


def merging(kind: Kind, names: Sequence[str], yes: bool) -> Callable[[Store, WorkspaceRow], Awaitable[Merge]]:
    source, target = two_names(names, "into")

    async def act(store: Store, found: WorkspaceRow) -> Merge:
        ask(f"Merge {kind} {source!r} into {target!r}? This cannot be undone.", yes)
        merge = store.merge_tags if kind == "tag" else store.merge_categories
        return await merge(found.id, source, target)

    return act


def tell_merge(run: Session, kind: Kind, merged: Merge, names: Sequence[str]) -> None:
    if run.json:
        output.emit(merged)
        return
    changed = output.counted((merged.assets, "asset"), (merged.campaigns, "campaign"), (merged.rules, "rule"))
    output.say(f"merged {kind} {names[0]!r} into {merged.kept!r}: {changed or 'nothing had it'}")


def register(app: typer.Typer, kind: Kind) -> None:
    """`duplicates` and `distinct`."""
    things = "tags" if kind == "tag" else "categories"

    def duplicates(
        ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
    ) -> None:
        run = session(ctx, database, workspace, json)
        found = run.run_in_workspace(lambda store, home: store.merge_suggestions(home.id, kind, 100))
        if run.json:
            output.emit({"duplicates": found})
            return
        rows = [
            (
                f"{pair.source} ({pair.source_count})",
                f"{pair.target} ({pair.target_count})",
                "" if pair.similarity is None else f"{pair.similarity:.2f}",
                pair.together,
            )
            for pair in found
        ]
        last = "used together" if kind == "tag" else "mistaken"
        output.table((kind, "may be the same as", "similarity", last), rows, fill="may be the same as")
        if found:
            output.say(
                f"one of them: campaignbase {things} merge A into B; two: campaignbase {things} distinct A B"
            )

    def distinct(
        ctx: typer.Context,
        names: Annotated[list[str], typer.Argument(metavar="NAME [from] NAME", show_default=False)],
        database: Database = None,
        workspace: Workspace = None,
        json: Json = False,
    ) -> None:
        run = session(ctx, database, workspace, json)
        one, other = two_names(names, "from")
        run.run_in_workspace(lambda store, home: store.mark_distinct(home.id, kind, one, other))
        if run.json:
            output.emit({"distinct": [one, other]})
        else:
            output.say(f"{one!r} and {other!r} are not suggested to be merged again")

    one, other = ("sale", "discount") if kind == "tag" else ("event", "webinar")
    duplicates.__doc__ = (
        f"List {things} that may be one: alike in what they say of themselves, or in use.\n\n"
        f"Example:  campaignbase {things} duplicates"
    )
    distinct.__doc__ = (
        f"Say that two {things} are not the same, so that no merge of them is suggested again.\n\n"
        f"Example:  campaignbase {things} distinct {one} {other}"
    )
    app.command()(duplicates)
    app.command()(distinct)
