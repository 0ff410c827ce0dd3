"""`campaignbase rules test` and `campaignbase rules suggest`: rules beside what people said."""

import json as json_module
from dataclasses import replace
from typing import Annotated

import typer

from campaignbase.cli import output
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.core.rule_proposals import MIN_SUPPORT
from campaignbase.core.rule_schema import RULE_TYPES, validate_rule
from campaignbase.errors import InputError
from campaignbase.models import Rule
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.models.rule_trials import Example, RuleProposal, RuleTrial
from campaignbase.pipeline.rule_trials import propose_rules, try_rule
from campaignbase.ports import Store


def register(app: typer.Typer) -> None:
    app.command("test")(try_out)
    app.command("suggest")(suggest)


def try_out(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="A saved rule, by name or id.", show_default=False)
    ] = None,
    conditions: Annotated[
        str | None, typer.Option("--if", metavar="JSON", help="Conditions of a rule not saved yet.")
    ] = None,
    actions: Annotated[
        str | None,
        typer.Option("--then", metavar="JSON", help="Its actions, to compare with people's labels."),
    ] = None,
    rule_type: Annotated[str, typer.Option("--type", help=f"{', '.join(RULE_TYPES)}.")] = "categorization",
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Try a rule on all content there is: what it hits, and where people say otherwise. Changes nothing.

    Example:  campaignbase rules test "hiring posts"
    Example:  campaignbase rules test --if '{"fuzzy": "discount"}' --then '{"add_category": "offer"}'
    """
    from campaignbase.cli.rules import read_object, saved_rule

    if (name is None) == (conditions is None) or (actions is not None and conditions is None):
        raise InputError(
            "give either the name of a saved rule, or --if with conditions and --then with actions"
        )
    asked: Rule | None = None
    if conditions is not None:
        if actions is None:
            raise InputError(
                "--if needs --then: actions to compare with what people said; `rules preview` needs none"
            )
        asked = Rule("", "", rule_type, read_object(conditions, "--if"), read_object(actions, "--then"))
        validate_rule(asked.rule_type, asked.conditions, asked.actions)
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> RuleTrial:
        rule = asked or await saved_rule(store, found, name or "")
        return await try_rule(store, found.id, rule.rule_type, rule.conditions, rule.actions, _progress)

    trial = run.run_in_workspace(act)
    if run.json:
        output.emit(trial)
        return
    output.say(f"{output.plural(trial.read, 'row')} read, {trial.hits:,} hit")
    if not trial.claims:
        output.say("it gives no labels, so there is nothing that people could say otherwise")
        return
    columns = ("action", "label", "agreed", "conflicts", "missed", "unjudged", "precision", "recall")
    rows = [
        (one.action, one.label, one.agreed, one.conflicts, one.missed, one.unjudged,
         _share(one.precision), _share(one.recall))
        for one in trial.claims
    ]  # fmt: skip
    output.table(columns, rows)
    for title, examples in (
        ("hit, and people say otherwise", trial.conflicts),
        ("not hit, though people say so", trial.misses),
    ):
        if examples:
            output.say(f"{title}:")
            output.table(
                ("id", "would be", "people say", "text"), [_example(one) for one in examples], fill="text"
            )


def suggest(
    ctx: typer.Context,
    min_support: Annotated[
        int, typer.Option("--min-support", min=2, max=1000, help="Corrected rows that a word must stand in.")
    ] = MIN_SUPPORT,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Suggest rules from corrections: words that stand in what people filed in one place.

    Each is printed as the line that adds it. Changes nothing.

    Example:  campaignbase rules suggest --json
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> list[RuleProposal]:
        return await propose_rules(store, found.id, min_support)

    found = run.run_in_workspace(act)
    if run.json:
        output.emit({"suggestions": found})
        return
    if not found:
        output.say(
            f"no word stands in {min_support} or more corrections to one category and hardly elsewhere yet"
        )
    for one in found:
        output.say(
            f"{one.name}: {one.support} of {output.plural(one.corrected, 'correction')}, right in"
            f" {one.precision:.0%} of {output.plural(one.judged_hits, 'row')} that people filed"
        )
        output.data(_command(one))


def _command(one: RuleProposal) -> str:
    written = [json_module.dumps(dict(part), ensure_ascii=False) for part in (one.conditions, one.actions)]
    name, if_, then = ("'" + text.replace("'", "'\\''") + "'" for text in (one.name, *written))
    return f"campaignbase rules add {name} --if {if_} --then {then}"


def _progress(read: int) -> None:
    if read % 10_000 == 0:
        output.say(f"{read:,} rows read")


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def _example(one: Example) -> tuple[object, ...]:
    shown = replace(one, text=None if one.text is None else output.one_line(one.text))
    key = shown.id[:8] if output.on_terminal() else shown.id
    return (key, f"{shown.action} {shown.label}", shown.said, shown.text)
