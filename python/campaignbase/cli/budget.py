"""`campaignbase workspace budget|spending`: what models may cost a workspace in a day, and did."""

import shlex
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.check import Check
from campaignbase.cli.session import DEFAULT_WORKSPACE, Database, Json, session
from campaignbase.core.gate import not_passed
from campaignbase.core.money import usd
from campaignbase.core.storable import check_digits
from campaignbase.errors import CampaignbaseError, InputError
from campaignbase.models import Workspace
from campaignbase.models.budget import MOST_DAYS, CampaignCost, DayBudget, Spent, Wish
from campaignbase.ports import Store
from campaignbase.settings import Settings

Name = Annotated[str, typer.Argument(help="The workspace, by name or id.")]


def register(app: typer.Typer) -> None:
    app.command()(budget)
    app.command()(spending)


def budget(
    ctx: typer.Context,
    name: Name = DEFAULT_WORKSPACE,
    amount: Annotated[
        str | None,
        typer.Option("--set", metavar="USD", help="US dollars a day of UTC; 0: nothing may be spent."),
    ] = None,
    database: Database = None,
    json: Json = False,
) -> None:
    """What models may cost a workspace in a day, and how much of today's is left. At first: 1 US dollar.

    Example:  campaignbase workspace budget --set 2.00
    """
    run = session(ctx, database, None, json)
    wanted = None if amount is None else _amount(amount)

    async def act(store: Store) -> tuple[Workspace, DayBudget]:
        from campaignbase import wiring

        found = await wiring.find_workspace(store, name)
        if wanted is not None:
            await store.set_daily_budget(found.id, wanted)
        return found, await store.daily_budget(found.id, datetime.now(UTC).date())

    workspace, today = run.run(act, creates=wanted is not None)
    if run.json:
        output.emit(
            {
                "workspace": workspace.name,
                "day": today.day.isoformat(),
                "daily_budget": today.daily_budget,
                "reserved": today.reserved,
                "settled": today.settled,
                "available": today.available,
            }
        )
        return
    if not today.daily_budget:
        output.say("no model that costs money is asked: set a budget with --set USD")
    columns = ("workspace", "a day", "spent today", "reserved", "left")
    told = "none" if today.daily_budget is None else usd(today.daily_budget)
    row = (workspace.name, told, usd(today.settled), usd(today.reserved), usd(today.available))
    output.table(columns, [row])


def spending(
    ctx: typer.Context,
    name: Name = DEFAULT_WORKSPACE,
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Of UTC, today included.")] = 30,
    database: Database = None,
    json: Json = False,
) -> None:
    """What models cost a workspace: by day, kind of work and model, and by campaign.

    Example:  campaignbase workspace spending --days 7
    """
    run = session(ctx, database, None, json)
    today = datetime.now(UTC).date()
    wanted = [today - timedelta(days=back) for back in range(days)]

    async def act(store: Store) -> tuple[list[Spent], list[CampaignCost]]:
        from campaignbase import wiring

        found = await wiring.find_workspace(store, name)
        return await store.spending(found.id, wanted), await store.campaign_costs(found.id)

    spent, campaigns = run.run(act)
    total = sum((one.cost for one in spent), Decimal(0))
    if run.json:
        lines = [
            {
                "day": one.day.isoformat(),
                "kind": one.kind,
                "model": one.model,
                "requests": one.requests,
                "cost": one.cost,
            }
            for one in spent
        ]
        output.emit({"days": days, "total": total, "spending": lines, "campaigns": campaigns})
        return
    rows = [(one.day.isoformat(), one.kind, one.model, one.requests, usd(one.cost)) for one in spent]
    output.table(("day", "kind", "model", "texts", "cost"), rows)
    if campaigns:
        output.say("labels of campaigns and their content, of all time:")
        output.table(
            ("campaign", "answers", "cost"),
            [(one.name, one.paid_answers, usd(one.labeling_cost)) for one in campaigns],
        )
    output.say(f"{usd(total)} in {output.plural(days, 'day')}")


async def check(store: Store, loaded: Settings, workspace: Workspace) -> list[Check]:
    """Of `campaignbase doctor`: which model, and whether it may cost anything."""
    from campaignbase import wiring

    if not wiring.paid(loaded):
        return []
    try:
        hosted = wiring.hosted_analyst(loaded)
    except CampaignbaseError as error:
        return [Check("model", "fail", str(error), "correct the environment or .env")]
    found = []
    if hosted is not None:
        found.append(await _model_check(store, loaded, workspace, hosted.name, hosted.prompt_version))
    today = await store.daily_budget(workspace.id, datetime.now(UTC).date())
    if not today.daily_budget:
        detail = f"a model key is set and workspace {workspace.name!r} has no daily budget: nothing is asked"
        hint = f"campaignbase workspace budget {shlex.quote(workspace.name)} --set 2.00"
        return [*found, Check("budget", "warn", detail, hint)]
    spent = today.settled + today.reserved
    detail = f"{usd(spent)} of {usd(today.daily_budget)} spent or reserved today (UTC)"
    return [*found, Check("budget", "ok", detail)]


async def _model_check(
    store: Store, loaded: Settings, workspace: Workspace, model: str, prompt_version: str
) -> Check:
    from campaignbase import wiring

    asked = Wish(workspace.id, "categorize_content", model, (), prompt_version)  # nothing is reserved
    [grant] = await store.reserve_spend([asked])
    if grant.gate is None:
        return Check("model", "ok", f"{model} says what texts are about, within the budget")
    command = wiring.gate_command(loaded)
    why = not_passed(model, prompt_version, workspace.name, grant.gate, command)
    hint = f"{command} --workspace {shlex.quote(workspace.name)}"
    return Check("model", "warn", f"{why}; rows are decided offline", hint)


def _amount(given: str) -> Decimal:
    try:
        check_digits(given)
        amount = Decimal(given)
    except (InvalidOperation, ValueError):
        raise InputError(f"--set {given!r}: expected US dollars, like 2.00") from None
    return amount
