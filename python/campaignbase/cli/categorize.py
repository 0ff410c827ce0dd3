"""`campaignbase categorize`: decide again, or say what is right."""

from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.labeling import RowSummary, label_waiting, report_line, summaries, summary
from campaignbase.cli.rows import show
from campaignbase.cli.session import Database, Json, Session, Workspace, session
from campaignbase.core.new_content import SENTIMENTS
from campaignbase.core.tags import fold_tag
from campaignbase.errors import InputError
from campaignbase.models import AUDIENCE, Correction
from campaignbase.ports import Store

_CORRECT = "A person's correction: kept from then on, and learned from"


def register(app: typer.Typer) -> None:
    app.command()(categorize)


def categorize(
    ctx: typer.Context,
    ids: Annotated[
        list[str],
        typer.Argument(help="Assets or campaigns; the first 4 characters will do.", show_default=False),
    ],
    category: Annotated[
        str | None, typer.Option(help="The right category; '' takes it away.", rich_help_panel=_CORRECT)
    ] = None,
    sentiment: Annotated[
        str | None, typer.Option(help="positive, neutral, negative or mixed.", rich_help_panel=_CORRECT)
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="A tag of type audience.", rich_help_panel=_CORRECT)
    ] = None,
    add_tag: Annotated[list[str], typer.Option(help="May be repeated.", rich_help_panel=_CORRECT)] = [],  # noqa: B006
    remove_tag: Annotated[
        list[str], typer.Option(help="Stays away; may be repeated.", rich_help_panel=_CORRECT)
    ] = [],  # noqa: B006
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Label rows again, or correct them. What a person set is never changed by labeling again.

    Example:  campaignbase categorize 3f2a
    Example:  campaignbase categorize 3f2a 77b0 --category event --remove-tag sale
    """
    correction = Correction(category, sentiment, audience, tuple(add_tag), tuple(remove_tag))
    corrects = correction != Correction()
    run = session(ctx, database, workspace, json)

    async def act(store: Store) -> list[RowSummary]:
        explanations = [await run.explain(store, key) for key in ids]
        found = list(dict.fromkeys(summary(one).id for one in explanations))
        if corrects:
            campaign = next((one.campaign for one in explanations if one.campaign is not None), None)
            if campaign is not None:
                raise InputError(f"{campaign.id} is a campaign; only content can be corrected here")
            await _check(store, correction, {one.asset.workspace_id for one in explanations if one.asset})
            for key in found:
                await store.correct(key, correction)
            if run.embedded:
                # new tags, and what is learned from the correction
                await label_waiting(store, loaded=run.settings)
        else:
            await store.queue_content(found)
            if run.embedded:
                run.say_notices()
                output.say(report_line(await label_waiting(store, loaded=run.settings)))
            else:
                output.say(f"{output.plural(len(found), 'row')} queued; a worker labels: campaignbase worker")
        return await summaries(store, found)

    _print(run, run.run(act))


async def _check(store: Store, correction: Correction, workspaces: set[str]) -> None:
    """Values that no row may have, told before anything is written; new tags are said to be new."""
    if correction.sentiment and correction.sentiment not in SENTIMENTS:
        raise InputError(f"sentiment {correction.sentiment!r} is not one of {', '.join(SENTIMENTS)}")
    for workspace_id in workspaces:
        tags = await store.tags(workspace_id)
        known = {fold_tag(name) for tag in tags for name in (tag.name, *tag.aliases)}
        audiences = [tag for tag in tags if tag.tag_type == AUDIENCE]
        if correction.audience and fold_tag(correction.audience) not in {
            fold_tag(name) for tag in audiences for name in (tag.name, *tag.aliases)
        }:
            listed = ", ".join(tag.name for tag in audiences) or "none"
            raise InputError(f"{correction.audience!r} is no tag of type audience; there is: {listed}")
        for name in correction.add_tags:
            if fold_tag(name) not in known:
                output.say(f"{name!r} is a new tag")


def _print(run: Session, rows: list[RowSummary]) -> None:
    if run.json:
        output.emit({"rows": rows})
        return
    show(rows)
