"""`campaignbase show`: everything about one row, with the reasons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from campaignbase.cli import output
from campaignbase.cli.labeling import standing
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.models import Campaign, ContentAsset, DecisionRecord, Explanation, TagLink

ENGLISH_FIRST = "the shipped embedder reads English best; check labels of other languages"
HISTORY_SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command()(show)


def show(
    ctx: typer.Context,
    id: Annotated[  # noqa: A002
        str,
        typer.Argument(help="Of an asset or campaign; its first 4 characters will do.", show_default=False),
    ],
    database: Database = None,
    workspace: Workspace = None,
    json: Json = False,
) -> None:
    """Show a row: its text, its labels, who decided them and why, and every earlier decision.

    Example:  campaignbase show 3f2a
    """
    run = session(ctx, database, workspace, json)
    explanation = run.run(lambda store: run.explain(store, id))
    if run.json:
        output.emit(explanation)
        return
    screen = output.console()
    if explanation.asset is not None:
        _show_asset(screen, explanation.asset, explanation)
    elif explanation.campaign is not None:
        _show_campaign(screen, explanation.campaign, explanation)


def _show_asset(screen: Console, asset: ContentAsset, explanation: Explanation) -> None:
    screen.print(
        Text.assemble((asset.id, "bold"), (f"  {asset.asset_type}, added {_time(asset.created_at)}", "dim"))
    )
    text = Text(output.clean(asset.text), "default") if asset.text else Text("(nothing to read)", "dim")
    screen.print(Padding(text, (1, 2)))
    facts = _facts()
    _label_rows(
        facts, explanation, "category", asset.primary_category, asset.category_source, asset.label_state
    )
    _label_rows(facts, explanation, "sentiment", asset.sentiment, asset.sentiment_source)
    _label_rows(facts, explanation, "audience", asset.target_audience, asset.audience_source)
    _tag_rows(facts, "tags", [link for link in explanation.tags if link.state == "applied"])
    _tag_rows(facts, "refused", [link for link in explanation.tags if link.state == "rejected"])
    if asset.quality_score is not None:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in (asset.quality_parts or {}).items())
        facts.add_row("quality", Text(f"{asset.quality_score:.2f}"), Text(parts, "dim"))
    language = asset.language or "unsure"
    facts.add_row("language", Text(language), Text("" if asset.language == "en" else ENGLISH_FIRST, "dim"))
    facts.add_row("embedded by", Text(asset.embedding_model or "nobody yet"), Text())
    _machine_row(facts, explanation.decisions)
    _job_row(facts, explanation)
    screen.print(facts)
    screen.print(_history(explanation.decisions))


def _show_campaign(screen: Console, campaign: Campaign, explanation: Explanation) -> None:
    screen.print(
        Text.assemble((campaign.id, "bold"), (f"  campaign, added {_time(campaign.created_at)}", "dim"))
    )
    screen.print(Padding(Text(output.clean(campaign.name)), (1, 2)))
    facts = _facts()
    facts.add_row("type", Text(campaign.campaign_type), Text(campaign.status, "dim"))
    _label_rows(
        facts,
        explanation,
        "category",
        campaign.primary_category,
        campaign.category_source,
        campaign.label_state,
    )
    facts.add_row(
        "content", Text(output.plural(campaign.content_count, "row")), Text(f"cost {campaign.actual_cost}")
    )
    _machine_row(facts, explanation.decisions)
    _job_row(facts, explanation)
    screen.print(facts)
    screen.print(_history(explanation.decisions))


def _facts() -> Table:
    facts = output.grid()
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column(no_wrap=True, overflow="ellipsis", max_width=34)
    facts.add_column(ratio=1)
    return facts


def _label_rows(
    facts: Table,
    explanation: Explanation,
    field: str,
    label: str | None,
    source: str | None,
    state: str | None = None,
) -> None:
    decision = standing(explanation, field, label, source)
    name = output.label(label, source, state or "none")
    if label is not None:
        name.append(f"  {_who(source, decision.score if decision else None)}", "dim")
    facts.add_row(field, name, Text("; ".join(decision.reasons if decision else ())))


def _tag_rows(facts: Table, title: str, links: Iterable[TagLink]) -> None:
    for place, link in enumerate(links):
        name = output.label(link.name, link.source)
        name.append(f"  {_who(link.source, link.score)}", "dim")
        facts.add_row(title if place == 0 else "", name, Text(link.reason or ""))


def _job_row(facts: Table, explanation: Explanation) -> None:
    if explanation.job_state is not None:
        style = "red" if explanation.job_state == "dead" else "yellow"
        facts.add_row(
            "job", Text(explanation.job_state, style), Text(output.one_line(explanation.job_error or ""))
        )


def _history(decisions: tuple[DecisionRecord, ...]) -> RenderableType:
    history = output.grid()
    for _ in ("when", "field"):
        history.add_column(style="dim", no_wrap=True)
    history.add_column(ratio=1)
    history.add_column(style="dim", no_wrap=True)
    for one in decisions[:HISTORY_SHOWN]:
        by = _who(one.source, one.score) if one.outcome == "applied" else one.outcome.replace("_", " ")
        history.add_row(_time(one.created_at), one.field, _change(one), by)
    more = len(decisions) - HISTORY_SHOWN
    rest = [Text(f"and {more} older; all of them with --json", "dim")] if more > 0 else []
    return Group(Text(), Text("history, newest first", "bold"), history, *rest)


def _change(one: DecisionRecord) -> Text:
    """What was decided, and instead of what; of a person's tags, which came and which went."""
    if one.field == "tags" and one.previous_label and one.source == "human":
        before, after = (
            dict.fromkeys((names or "").split(", ")) for names in (one.previous_label, one.label)
        )
        came = [f"+{name}" for name in after if name and name not in before]
        went = [f"-{name}" for name in before if name not in after]
        return Text(output.one_line(" ".join([*came, *went]) or "the same"))
    change = output.label(one.label, one.source, "none")
    if one.previous_label not in (None, one.label) and one.field != "tags" and one.outcome == "applied":
        change.append(f"  instead of {output.one_line(one.previous_label or '')}", "dim")
    return change


def _machine_row(facts: Table, decisions: tuple[DecisionRecord, ...]) -> None:
    latest = next((one for one in decisions if one.model is not None), None)
    if latest is not None:
        spent = "" if latest.latency_ms is None else f", {latest.latency_ms} ms"
        told = f"vocabulary version {latest.vocabulary_version}{spent}"
        facts.add_row("labeled by", Text(latest.model or ""), Text(told, "dim"))


def _who(source: str | None, score: float | None) -> str:
    return " ".join(part for part in (source, output.score(score)) if part)


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S")
