"""`campaignbase show`: everything about one row, with the reasons."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from campaignbase.cli import output, wording
from campaignbase.cli.labeling import standing
from campaignbase.cli.session import Database, Json, Workspace, session
from campaignbase.core.money import usd
from campaignbase.models import Campaign, ContentAsset, DecisionRecord, Explanation, TagLink

ENGLISH_FIRST = "the shipped embedder reads English best; check labels of other languages"
HISTORY_SHOWN = 20
REASON_SHOWN = 160  # characters of each in the history
UNNAMED = {  # why there is none, where the history says nothing
    "sentiment": "nothing to read, or not in English",
    "audience": "none was named or near enough",
}


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
    draw(output.console(), explanation)


def draw(screen: Console, explanation: Explanation) -> None:
    asset, campaign = explanation.asset, explanation.campaign
    facts = _facts()
    if asset is not None:
        _head(screen, asset.id, f"{asset.asset_type}, added {_time(asset.created_at)}", asset.text)
        _category_rows(facts, explanation, asset)
        _label_row(facts, explanation, "sentiment", asset.sentiment, asset.sentiment_source)
        _label_row(facts, explanation, "audience", asset.target_audience, asset.audience_source)
        _tag_rows(facts, "tags", [link for link in explanation.tags if link.state == "applied"])
        _tag_rows(facts, "refused", [link for link in explanation.tags if link.state == "rejected"])
        _approval_row(facts, asset)
        _reading_rows(facts, asset)
    elif campaign is not None:
        content = f"{output.plural(campaign.content_count, 'row')} of content, cost {campaign.actual_cost}"
        about = f"campaign, {campaign.campaign_type}, {campaign.status}, added {_time(campaign.created_at)}"
        _head(screen, campaign.id, f"{about}, {content}", campaign.name)
        _category_rows(facts, explanation, campaign)
    screen.print(facts)
    _machinery(screen, explanation)
    screen.print(_history(explanation.decisions))


def _head(screen: Console, key: str, about: str, text: str | None) -> None:
    screen.print(Text.assemble((key, "bold"), (f"  {about}", "dim")))
    shown = Text(output.clean(text), "default") if text else Text("(nothing to read)", "dim")
    screen.print(Padding(shown, (1, 2)))


def _facts() -> Table:
    facts = output.grid()
    facts.show_header, facts.header_style = True, "dim"
    facts.add_column("", style="bold", no_wrap=True)
    facts.add_column("what", overflow="fold", max_width=26)
    facts.add_column("who decided", no_wrap=True)
    facts.add_column("why", ratio=1)
    return facts


def _category_rows(facts: Table, explanation: Explanation, row: ContentAsset | Campaign) -> None:
    """The category, for whom the row waits, and in review what came nearest."""
    label, source, state = row.primary_category, row.category_source, row.label_state
    _label_row(facts, explanation, "category", label, source)
    waits = _waits(explanation, row)
    if waits is not None:
        what, why = waits
        facts.add_row("", Text(what, output.STATE_STYLES.get(state, "")), Text(), Text(output.one_line(why)))
    last = next((one for one in explanation.decisions if one.field == "category"), None)
    if label is None and state == "review" and last is not None:
        nearest, why = last.candidate, "considered first, not sure enough"
        if last.label is not None:
            nearest, why = last.label, f"what {wording.who(last.source)} would say"
        if nearest is not None:
            facts.add_row("nearest", Text(output.one_line(nearest)), Text(), Text(why))


def _waits(explanation: Explanation, row: ContentAsset | Campaign) -> tuple[str, str] | None:
    """(for whom the row waits, what the last try said); None when it does not."""
    error = explanation.job_error or ""
    match row.label_state, explanation.job_state:
        case ("failed", _) | (_, "dead"):
            return "failed", f"{error}; to try again: campaignbase worker --replay"
        case _, "leased":
            return "being labeled", "a worker has it now"
        case ("queued", _) | (_, "waiting"):
            return "waits for a worker", f"the last try: {error}" if error else "campaignbase worker --once"
        case "review", _:
            return "waits for a person", f"campaignbase categorize {row.id[:8]} --category NAME"
    return None


def _label_row(
    facts: Table, explanation: Explanation, field: str, label: str | None, source: str | None
) -> None:
    decision = standing(explanation, field, source)
    why = wording.why(source, decision.reasons) if decision is not None else ""
    row = explanation.asset or explanation.campaign
    if source is None and row is not None and row.label_state in ("queued", "failed"):
        why = "not looked at yet"
    elif source is None and not why:
        why = UNNAMED.get(field, "")
    if source == "human" and decision is not None:
        why = f"{why}, {_time(decision.created_at)}"
        if label is None and decision.previous_label is not None:
            why = f"{why}; it was {output.one_line(decision.previous_label)}"
    _row(facts, field, label, source, why)


def _row(facts: Table, title: str, label: str | None, source: str | None, why: str) -> None:
    facts.add_row(title, output.label(label, source, "none"), Text(wording.who(source), "dim"), Text(why))


def _tag_rows(facts: Table, title: str, links: Iterable[TagLink]) -> None:
    for place, link in enumerate(links):
        why = wording.why(link.source, () if link.reason is None else (link.reason,))
        if link.source == "human":
            why = "added or confirmed" if link.state == "applied" else "stays away"
        if link.source == "model" and link.score is not None:
            why = f"{why} (match {link.score:.2f} of 1)"
        _row(facts, title if place == 0 else "", link.name, link.source, why)


def _approval_row(facts: Table, asset: ContentAsset) -> None:
    if asset.approval == "none":
        return
    said = "a person" if asset.approval_rule is None else f"rule {asset.approval_rule!r}"
    held = "" if asset.approval == "approved" else "no post of it can be scheduled or posted"
    why = "; ".join(part for part in (asset.approval_note, held) if part)
    facts.add_row("approval", Text(asset.approval), Text(said, "dim"), Text(why))


def _reading_rows(facts: Table, asset: ContentAsset) -> None:
    """What is read off the text, whatever the vocabulary."""
    if asset.quality_score is not None:
        parts = ", ".join(f"{name} {value:.2f}" for name, value in (asset.quality_parts or {}).items())
        why = f"{parts}; each of 1"
        facts.add_row("quality", Text(f"{asset.quality_score:.2f} of 1"), Text("a formula", "dim"), Text(why))
    if asset.language is not None:
        why = "by its words" if asset.language == "en" else f"by its words; {ENGLISH_FIRST}"
        facts.add_row("language", Text(asset.language), Text("a word list", "dim"), Text(why))
    elif asset.quality_score is not None:
        why = f"its words tell no language for sure; {ENGLISH_FIRST}"
        facts.add_row("language", Text("unsure"), Text("nobody", "dim"), Text(why))


def _machinery(screen: Console, explanation: Explanation) -> None:
    """Which programs looked at it: what a developer asks first when a label surprises."""
    asset = explanation.asset
    told = []
    if asset is not None:
        told.append(f"vector by {asset.embedding_model}" if asset.embedding_model else "no vector")
    # cost and time are told on the category
    told_by = [one for one in explanation.decisions if one.model is not None]
    latest = next((one for one in told_by if one.field == "category"), next(iter(told_by), None))
    if latest is not None:
        spent = "" if latest.latency_ms is None else f", {latest.latency_ms} ms"
        spent += "" if latest.cost is None else f", {usd(latest.cost)}"
        told.append(f"the model is {latest.model}, vocabulary version {latest.vocabulary_version}{spent}")
    if told:
        screen.print(Padding(Text("; ".join(told), "dim"), (1, 0, 0, 0)))


def _history(decisions: tuple[DecisionRecord, ...]) -> RenderableType:
    history = output.grid()
    for _ in ("when", "field"):
        history.add_column(style="dim", no_wrap=True)
    history.add_column(ratio=1)
    for one in decisions[:HISTORY_SHOWN]:
        told = wording.told(one)
        line = Text(output.one_line(told.what), output.SOURCE_STYLES.get(one.source or "", ""))
        for part in filter(None, (told.who, told.why)):
            line.append(f" · {output.short(part, REASON_SHOWN)}", "dim")
        history.add_row(_time(one.created_at), one.field, line)
    more = len(decisions) - HISTORY_SHOWN
    rest = [Text(f"and {more} older; all of them with --json", "dim")] if more > 0 else []
    return Group(Text(), Text("history, newest first: what · who decided · why", "bold"), history, *rest)


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S")
