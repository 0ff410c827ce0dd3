"""`campaignbase campaigns`: list and create."""

from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Session, Workspace, common, session
from campaignbase.errors import InputError
from campaignbase.models import Campaign, NewCampaign
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)


@app.callback()
def campaigns(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List campaigns, or create one.

    Example:  campaignbase campaigns
    Example:  campaignbase campaigns create "Summer at the lake" --type seasonal_offer
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the campaigns of the workspace, newest first.

    Example:  campaignbase campaigns list
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def create(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    campaign_type: Annotated[
        str, typer.Option("--type", help="lower_snake_case, such as product_launch.")
    ] = "general",
    status: Annotated[str, typer.Option(help="draft, active, paused or completed.")] = "draft",
    platform: Annotated[list[str], typer.Option(help="Where it runs; may be repeated.")] = [],  # noqa: B006
    time: Annotated[
        list[str],
        typer.Option(help="When to post, 09:00 or 'mon 09:00'; may be repeated. Rules schedule then."),
    ] = [],  # noqa: B006
    content_style: Annotated[str | None, typer.Option(help="How its texts sound.")] = None,
    visual_style: Annotated[str | None, typer.Option(help="How its pictures look.")] = None,
    hashtag_strategy: Annotated[str | None, typer.Option()] = None,
    cta_pattern: Annotated[str | None, typer.Option(help="How it asks people to act.")] = None,
    category: Annotated[str | None, typer.Option(help="Its category, set by you.")] = None,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Create a campaign. Its category is found from its name and styles unless you set it.

    Example:  campaignbase campaigns create "Summer at the lake" --platform instagram --platform email
    """
    run = session(ctx, database, workspace, json)
    new = NewCampaign(
        name=name.strip(),
        campaign_type=campaign_type,
        status=status,
        target_platforms=tuple(platform),
        optimal_times=tuple(time),
        content_style=content_style,
        visual_style=visual_style,
        hashtag_strategy=hashtag_strategy,
        cta_pattern=cta_pattern,
        primary_category=category,
    )

    async def act(store: Store, found: WorkspaceRow) -> Campaign:
        if any(known.name == new.name for known in await store.campaigns(found.id)):
            raise InputError(f"a campaign {new.name!r} exists already; choose another name")
        (key,) = await store.insert_campaigns(found.id, [new])
        return next(known for known in await store.campaigns(found.id) if known.id == key)

    created = run.run_in_workspace(act, creates=True)
    if run.json:
        output.emit(created)
    else:
        output.say(f"created campaign {created.name!r}")
        if created.label_state == "queued":
            output.say(f"it waits to be labeled: campaignbase worker{' --once' if run.embedded else ''}")
        output.data(created.id)


def _list(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.campaigns(workspace.id))
    if run.json:
        output.emit({"campaigns": found})
        return
    columns = ("id", "name", "type", "status", "category", "rows", "cost")
    output.table(columns, [_row(one) for one in found], fill="name")


def _row(one: Campaign) -> tuple[object, ...]:
    terminal = output.on_terminal()
    return (
        one.id[:8] if terminal else one.id,
        one.name,
        one.campaign_type,
        one.status,
        output.label(one.primary_category, one.category_source, one.label_state)
        if terminal
        else one.primary_category,
        one.content_count,
        one.actual_cost,
    )
