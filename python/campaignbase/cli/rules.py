"""`campaignbase rules`: list, add, switch, remove and try out rules."""

import json as json_module
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from campaignbase.cli import output, rule_trials
from campaignbase.cli.session import Database, Json, Session, Workspace, Yes, ask, common, session
from campaignbase.core.names import check_name, rule_exists
from campaignbase.core.rule_schema import RULE_TYPES, validate_conditions, validate_rule
from campaignbase.errors import InputError, NotFoundError, RuleError
from campaignbase.ingest.jsonlines import without_doubles
from campaignbase.models import ContentAsset, Rule
from campaignbase.models import Workspace as WorkspaceRow
from campaignbase.ports import Store

app = typer.Typer(invoke_without_command=True)
rule_trials.register(app)

If = Annotated[
    str,
    typer.Option("--if", metavar="JSON", help="Conditions, all of which must hold.", show_default=False),
]
RuleName = Annotated[
    str,
    typer.Argument(metavar="NAME|ID", help="Of the id, the first 4 characters will do.", show_default=False),
]
SHORTEST_ID = 4


@app.callback()
def rules(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the rules that decide first, or change them.

    Example:  campaignbase rules
    """
    ctx.obj = common(ctx, database, workspace, json)
    if ctx.invoked_subcommand is None:
        _list(Session(ctx.obj))


@app.command("list")
def list_(
    ctx: typer.Context, database: Database = None, workspace: Workspace = None, json: Json = False
) -> None:
    """List the rules in the order they are tried.

    Example:  campaignbase rules list --json
    """
    _list(session(ctx, database, workspace, json))


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(show_default=False)],
    conditions: If,
    actions: Annotated[
        str, typer.Option("--then", metavar="JSON", help="What to do with such content.", show_default=False)
    ],
    rule_type: Annotated[str, typer.Option("--type", help=f"{', '.join(RULE_TYPES)}.")] = "categorization",
    priority: Annotated[int, typer.Option(help="Higher decides first.")] = 0,
    disabled: Annotated[bool, typer.Option("--disabled", help="Save it without using it.")] = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Add a rule for content that arrives from now on; `categorize` applies it to what is there.

    Example:  campaignbase rules add "hiring posts" --if '{"contains_keyword": ["hiring", "join our team"]}'
    --then '{"add_category": "job_opening"}' --priority 50
    """
    rule = Rule(
        "",
        name,
        rule_type,
        read_object(conditions, "--if"),
        read_object(actions, "--then"),
        priority,
        not disabled,
    )
    check_name("rule", name)
    validate_rule(rule.rule_type, rule.conditions, rule.actions, name=name)
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Rule:
        if any(known.name == name for known in await store.rules(found.id)):
            raise rule_exists(name)
        return await store.add_rule(found.id, rule)

    added = run.run_in_workspace(act, creates=True)
    if run.json:
        output.emit(added)
    else:
        output.say(f"added rule {name!r}; see what it hits: campaignbase rules preview {shlex.quote(name)}")


@app.command()
def enable(
    ctx: typer.Context,
    rule: RuleName,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Use a rule again, for content that is labeled from now on.

    Example:  campaignbase rules enable "hiring posts"
    """
    _switch(session(ctx, database, workspace, json), rule, True)


@app.command()
def disable(
    ctx: typer.Context,
    rule: RuleName,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Keep a rule without using it. Labels it gave stay until the row is labeled again.

    Example:  campaignbase rules disable "hiring posts"
    """
    _switch(session(ctx, database, workspace, json), rule, False)


@app.command()
def remove(
    ctx: typer.Context,
    rule: RuleName,
    yes: Yes = False,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Remove a rule. Labels it gave stay until the row is labeled again.

    Example:  campaignbase rules remove "hiring posts"
    """
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> Rule:
        known = await saved_rule(store, found, rule)
        ask(f"Remove rule {known.name!r}?", yes)
        await store.remove_rule(found.id, known.id)
        return known

    removed = run.run_in_workspace(act)
    if run.json:
        output.emit({"removed": removed.name})
    else:
        output.say(f"removed rule {removed.name!r}")


def _switch(run: Session, rule: str, enabled: bool) -> None:
    async def act(store: Store, found: WorkspaceRow) -> Rule:
        known = await saved_rule(store, found, rule)
        await store.enable_rule(found.id, known.id, enabled)
        return replace(known, enabled=enabled)

    changed = run.run_in_workspace(act)
    if run.json:
        output.emit(changed)
    else:
        output.say(f"{'enabled' if enabled else 'disabled'} rule {changed.name!r}")


@app.command()
def preview(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(help="A saved rule, by name or id.", show_default=False)
    ] = None,
    conditions: Annotated[
        str | None, typer.Option("--if", metavar="JSON", help="Conditions of a rule not saved yet.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many rows.")] = 20,
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Show which existing content a rule would hit; changes nothing.

    Example:  campaignbase rules preview --if '{"contains_phrase": "free entry", "max_word_count": 40}'
    """
    if (name is None) == (conditions is None):
        raise InputError("give either the name of a saved rule or --if with conditions")
    asked = None if conditions is None else read_object(conditions, "--if")
    if asked is not None:
        validate_conditions(asked)
    run = session(ctx, database, workspace, json)

    async def act(store: Store, found: WorkspaceRow) -> list[ContentAsset]:
        wanted = asked if asked is not None else (await saved_rule(store, found, name or "")).conditions
        return await store.preview_rule(found.id, wanted, limit)

    hits = run.run_in_workspace(act)
    if run.json:
        output.emit({"hits": hits})
        return
    more = " (there may be more: --limit)" if len(hits) == limit else ""
    output.say(f"{output.plural(len(hits), 'row')} hit{more}")
    if hits:
        output.table(("id", "category", "text"), [_hit(asset) for asset in hits], fill="text")


async def saved_rule(store: Store, workspace: WorkspaceRow, wanted: str) -> Rule:
    """By name, else by id or the beginning of one."""
    known = await store.rules(workspace.id)
    named = [rule for rule in known if rule.name == wanted]
    if not named and len(wanted) >= SHORTEST_ID:
        named = [rule for rule in known if rule.id.startswith(wanted.lower())]
    if len(named) == 1:
        return named[0]
    if named:
        listed = ", ".join(f"{rule.id} ({rule.name})" for rule in named)
        raise NotFoundError(f"{wanted!r} is the beginning of several rules: {listed}; give more of it")
    listed = ", ".join(repr(rule.name) for rule in known) or "none"
    raise NotFoundError(f"no rule {wanted!r}; there is: {listed}")


def tell_idle(named: Sequence[str]) -> None:
    """Of rules that name a label which is gone."""
    for name in named:
        output.say(
            f"rule {name!r} gives it and cannot any more: campaignbase rules disable {shlex.quote(name)}"
        )


def read_object(text: str, option: str) -> dict[str, Any]:
    try:
        value = json_module.loads(text, object_pairs_hook=without_doubles)
    except ValueError as error:
        raise InputError(
            f"""{option} is not JSON: {error}; write it like '{{"contains_keyword": "sale"}}'"""
        ) from None
    if not isinstance(value, dict):
        raise RuleError(f"{option}: expected a JSON object, got {text[:40]}")
    return value


def _list(run: Session) -> None:
    found = run.run_in_workspace(lambda store, workspace: store.rules(workspace.id))
    if run.json:
        output.emit({"rules": found})
        return
    if not output.on_terminal():
        columns = (
            *("priority", "rule", "type", "on", "matched", "took effect", "kept", "changed"),
            *("if", "then", "id"),
        )
        output.table(columns, [_row(rule) for rule in found])
        return
    screen = output.console()
    for rule in found:
        name = Text.assemble(f"{rule.priority:>5}  ", (output.one_line(rule.name), "bold"))
        used = f"  {rule.rule_type}, matched {rule.execution_count:,}, took effect {rule.success_count:,}"
        if rule.kept_count or rule.changed_count:
            used += f", people kept {rule.kept_count:,} and changed {rule.changed_count:,}"
        name.append(used if rule.enabled else f"{used}, not in use", "dim")
        name.append(f"  {rule.id[:8]}", "dim")
        screen.print(name)
        for word, part in (("if  ", rule.conditions), ("then", rule.actions)):
            screen.print(Padding(Text(f"{word} {_written(part)}", "dim"), (0, 0, 0, 7)))


def _row(rule: Rule) -> tuple[object, ...]:
    return (
        rule.priority,
        rule.name,
        rule.rule_type,
        "yes" if rule.enabled else "no",
        rule.execution_count,
        rule.success_count,
        rule.kept_count,
        rule.changed_count,
        _written(rule.conditions),
        _written(rule.actions),
        rule.id,
    )


def _written(part: Mapping[str, Any]) -> str:
    return json_module.dumps(dict(part), ensure_ascii=False)


def _hit(asset: ContentAsset) -> tuple[object, ...]:
    if output.on_terminal():
        label = output.label(asset.primary_category, asset.category_source, asset.label_state)
        return (asset.id[:8], label, output.short(asset.text, 200))
    return (asset.id, asset.primary_category, asset.text)
