"""`campaignbase categorize`: decide again, or say what is right."""

from collections.abc import Collection
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.interrupt import Interrupted, heard
from campaignbase.cli.labeling import (
    RowSummary,
    label_waiting,
    report_line,
    summaries,
    tell_held,
    waiting_rows,
)
from campaignbase.cli.rows import show
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.core.names import find_category
from campaignbase.core.new_content import SENTIMENTS, check_correction, unknown_category, unknown_tag
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.models import AUDIENCE, Campaign, ContentAsset, Correction, Explanation
from campaignbase.ports import Store

_CORRECT = "A person's correction: kept from then on, and learned from"


def register(app: typer.Typer) -> None:
    app.command()(categorize)


def categorize(
    ctx: typer.Context,
    ids: Annotated[
        list[str],
        typer.Argument(help="Assets or campaigns; the first 4 characters will do.", show_default=False),
    ] = [],  # noqa: B006
    decided_offline: Annotated[
        bool,
        typer.Option(
            "--decided-offline",
            help="What was decided offline because of the budget, the provider or the gate.",
        ),
    ] = False,
    category: Annotated[
        str | None,
        typer.Option(help="The right category, also the one it has; '' for none.", rich_help_panel=_CORRECT),
    ] = None,
    sentiment: Annotated[
        str | None, typer.Option(help="positive, neutral, negative or mixed.", rich_help_panel=_CORRECT)
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="A tag of type audience.", rich_help_panel=_CORRECT)
    ] = None,
    add_tag: Annotated[list[str], typer.Option(help="May be repeated.", rich_help_panel=_CORRECT)] = [],  # noqa: B006
    remove_tag: Annotated[
        list[str],
        typer.Option(help="Stays away, also where it is not yet; may be repeated.", rich_help_panel=_CORRECT),
    ] = [],  # noqa: B006
    confirm: Annotated[
        list[str],
        typer.Option(
            help="category, sentiment, audience or tags: right as it stands; may be repeated.",
            rich_help_panel=_CORRECT,
        ),
    ] = [],  # noqa: B006
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Label rows again, or correct them. What a person set is never changed by labeling again.

    Of a campaign, the category can be corrected.

    Example:  campaignbase categorize 3f2a
    Example:  campaignbase categorize 3f2a 77b0 --category event --remove-tag sale
    Example:  campaignbase categorize 3f2a --confirm category
    Example:  campaignbase categorize --decided-offline
    """
    correction = Correction(category, sentiment, audience, tuple(add_tag), tuple(remove_tag), tuple(confirm))
    corrects = correction != Correction()
    if bool(ids) == decided_offline or (corrects and decided_offline):
        raise InputError("name the rows by their ids, or say --decided-offline alone to label those again")
    run = session(ctx, database, workspace, json)

    async def act(store: Store) -> tuple[list[RowSummary], bool]:
        from campaignbase import wiring

        wanted = ids
        if decided_offline:
            home = await wiring.find_workspace(store, run.workspace_name)
            wanted = await store.decided_offline(home.id)
        found = {row.id: row for row in [_row(await run.explain(store, key)) for key in wanted]}
        with heard() as interrupt:
            if corrects:
                await _check(store, correction, list(found.values()))
                for key in found:
                    await store.correct(key, correction)
                if run.embedded:  # new tags, and what is learned from the correction
                    await label_waiting(store, loaded=run.settings, interrupt=interrupt)
            else:
                await store.queue_content(list(found))
                if run.embedded:
                    run.say_notices()
                    output.say(
                        report_line(await label_waiting(store, loaded=run.settings, interrupt=interrupt))
                    )
                    if not interrupt.asked:
                        tell_held(*await waiting_rows(store))
                else:
                    output.say(f"{_counted(found.values())} queued; a worker labels: campaignbase worker")
            return await summaries(store, list(found)), interrupt.asked

    rows, interrupted = run.run(act)
    if run.json:
        output.emit({"rows": rows, "interrupted": interrupted})
    else:
        show(rows)
    if interrupted:
        raise Interrupted


def _row(explanation: Explanation) -> ContentAsset | Campaign:
    row = explanation.asset or explanation.campaign
    if row is None:
        raise ValueError("an explanation without a row")
    return row


def _counted(rows: Collection[ContentAsset | Campaign]) -> str:
    campaigns = sum(isinstance(row, Campaign) for row in rows)
    return output.counted((len(rows) - campaigns, "asset"), (campaigns, "campaign"))


async def _check(store: Store, correction: Correction, rows: Collection[ContentAsset | Campaign]) -> None:
    """Values that no row may have, told before anything is written; new tags are said to be new."""
    for row in rows:
        try:
            check_correction(correction, campaign=isinstance(row, Campaign))
        except InputError as error:
            raise InputError(f"{row.id}: {error}") from None
    if correction.sentiment and correction.sentiment not in SENTIMENTS:
        raise InputError(f"sentiment {correction.sentiment!r} is not one of {', '.join(SENTIMENTS)}")
    for workspace_id in dict.fromkeys(row.workspace_id for row in rows):
        categories = await store.categories(workspace_id)
        if correction.category and find_category(correction.category, categories) is None:
            names = [category.name for category in categories]
            raise UnknownLabelError(unknown_category(correction.category, names))
        tags = await store.tags(workspace_id)
        audiences = [tag for tag in tags if tag.tag_type == AUDIENCE]
        if correction.audience and fold_tag(correction.audience) not in spellings(audiences):
            listed = ", ".join(tag.name for tag in audiences) or "none"
            raise InputError(f"{correction.audience!r} is no tag of type audience; there is: {listed}")
        known = spellings(tags)
        for name in correction.remove_tags:
            if fold_tag(name) not in known:
                raise UnknownLabelError(unknown_tag(name, known.values()))
        for name in correction.add_tags:
            if fold_tag(name) not in known:
                output.say(f"{name!r} is a new tag")
